import type { StateView } from "../../engine/types.ts";
import type { TextPlace, WorkspaceView, WrittenName } from "../../language/workspace-view.ts";
import { type CodeReference, referencesTo } from "../navigation/references.ts";
import { describeAccesses } from "../navigation/symbols.ts";
import { previewLine } from "../present-entry.ts";

/** A key that a script touches, at its first save there, else its first use. */
export interface KeyLens {
  readonly namespace: string;
  readonly key: string;
  /** The call. */
  readonly place: TextPlace;
}

/** Lenses of one script. */
const MOST = 200;

/** The keys of a script that lines are shown above for: each once, where it is known exactly. */
export function keyLenses(workspace: WorkspaceView, file: string): readonly KeyLens[] {
  const found = new Map<string, { readonly lens: KeyLens; readonly write: boolean }>();
  for (const { namespace, key, access, place, keyName } of workspace.usesIn(file)) {
    if (namespace.kind !== "exact" || key?.kind !== "exact" || keyName === undefined) continue;
    if (key.text === "" || namespace.text === "" || isEmpty(keyName)) continue;
    const id = JSON.stringify([namespace.text, key.text]);
    const known = found.get(id);
    const write = access === "write";
    if (known !== undefined && (known.write || !write)) continue;
    if (known === undefined && found.size >= MOST) continue;
    found.set(id, { lens: { namespace: namespace.text, key: key.text, place }, write });
  }
  return [...found.values()].map(({ lens }) => lens);
}

/** Nothing is written yet of the part that a function is given. */
function isEmpty({ content }: WrittenName): boolean {
  return content !== undefined && content.start === content.end;
}

/** `theme: 2 reads, 1 write` and where they are. */
export function usesLens(
  workspace: WorkspaceView,
  { namespace, key }: Pick<KeyLens, "namespace" | "key">,
): { readonly title: string; readonly references: readonly CodeReference[] } {
  const references = referencesTo(workspace, {
    namespace: { kind: "exact", text: namespace },
    key: { kind: "exact", text: key },
  });
  const certain = references.filter(({ uncertain }) => uncertain === undefined);
  const others = references.length - certain.length;
  const more = others === 0 ? "" : `, ${others} more by computed keys`;
  return { title: `${key}: ${describeAccesses(certain)}${more}`, references };
}

/** `= "dark"`: what is stored, masked, on one line. */
export async function valueLens(
  view: StateView,
  { namespace, key }: Pick<KeyLens, "namespace" | "key">,
): Promise<{ readonly title: string; readonly stored: boolean }> {
  const entry = await view.entry(namespace, key);
  if (entry === undefined) return { title: "not stored", stored: false };
  return { title: `= ${previewLine(entry)}`, stored: true };
}
