import { shortened, shortPair } from "../../../shared/src/short-pair.ts";
import type { ChangeDetail } from "../engine/types.ts";
import { ExactJson, type Printable } from "./json.ts";
import { isoTime, type Output } from "./output.ts";

/** Characters of a value in one line. */
const LONGEST = 100;

/** A change, done or only planned. */
export type ShownChange = Pick<ChangeDetail, "op" | "namespace" | "key" | "before" | "after"> &
  Partial<Pick<ChangeDetail, "revision" | "at" | "origin">>;

/** Changes as `--json` shows them: values exact, a missing side left out. */
export function printableChanges(changes: readonly ShownChange[]): Printable {
  return changes.map(({ op, namespace, key, before, after, revision, at, origin }) => ({
    op,
    namespace,
    key,
    before: before === undefined || !isJson(before) ? undefined : new ExactJson(before),
    after: after === undefined ? undefined : new ExactJson(after),
    revision,
    at: at === undefined ? undefined : isoTime(at),
    origin,
  }));
}

/** A value that was replaced is told as it was read, and in a damaged state that may be anything. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** One line each: `+` for a new entry, `-` for one that goes, `~` for another value. */
export function describeChanges(changes: readonly ShownChange[], output: Output): string {
  return changes.map((change) => describeChange(change, output)).join("\n");
}

function describeChange({ namespace, key, before, after }: ShownChange, output: Output): string {
  const name = `${namespace} ${key}`;
  if (after === undefined) {
    const value = before === undefined ? "" : ` = ${shortJson(before)}`;
    return output.style("red", `- ${name}${value}`);
  }
  if (before === undefined) return output.style("green", `+ ${name} = ${shortJson(after)}`);
  const [was, is] = shortPair(before, after, LONGEST);
  return output.style("yellow", `~ ${name} = ${was} -> ${is}`);
}

/** One line of a value, cut where it is long. */
export function shortJson(json: string): string {
  return shortened(json, LONGEST);
}
