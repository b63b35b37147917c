import type { ScriptUse, WorkspaceView } from "../language/workspace-view.ts";
import { count } from "./format.ts";
import { codeSpan, link } from "./markdown.ts";
import type { StateName } from "./navigation/target.ts";
import type { Links } from "./types.ts";

/** Places that are named for each kind of access. */
const EXAMPLES = 3;

/** Who reads and who writes a key in the workspace's scripts, as markdown; undefined when nobody does. */
export function describeUses(
  workspace: WorkspaceView | undefined,
  { namespace, key }: StateName,
  links?: Links,
): string | undefined {
  if (workspace === undefined || key === undefined || key.kind === "unknown") return undefined;
  const { same, overlapping } = workspace.usesOf(namespace, key);
  const all = [...same, ...overlapping];
  const lines = [
    line(
      "Written",
      all.filter(({ access }) => access === "write"),
      links,
    ),
    line(
      "Read",
      all.filter(({ access }) => access === "read"),
      links,
    ),
    line(
      "Deleted",
      all.filter(({ access }) => access === "delete"),
      links,
    ),
  ].filter((text) => text !== undefined);
  return lines.length === 0 ? undefined : lines.join("  \n");
}

/** `Written in 2 places: chat.lua:12 (remember), ...` */
function line(
  done: string,
  uses: readonly ScriptUse[],
  links: Links | undefined,
): string | undefined {
  if (uses.length === 0) return undefined;
  const places = uses.slice(0, EXAMPLES).map(({ file, place, function: around }) => {
    const name = codeSpan(`${file}:${place.startLine + 1}`);
    const address = links?.script(file, place.startLine);
    const where = address === undefined ? name : link(name, address);
    return around === undefined ? where : `${where} (${codeSpan(around)})`;
  });
  if (uses.length > EXAMPLES) places.push("…");
  return `${done} in ${count(uses.length, "place")}: ${places.join(", ")}`;
}
