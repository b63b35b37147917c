import type { ApiMember } from "../../../../shared/src/api.ts";
import type { ScriptModel, StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import { luaString } from "../lua-strings.ts";
import type { TextChange } from "../types.ts";

/**
 * The change that puts a namespace before the arguments of a call that has all others of `member`,
 * and that namespace as it is written; undefined where the call is not of that form. The namespace
 * is the one that the script uses most, else `global`.
 */
export function addNamespace(
  use: StateUse,
  member: ApiMember,
  model: ScriptModel,
): { readonly change: TextChange; readonly namespace: string } | undefined {
  const { args, argsSpan, commas } = use;
  const [first, ...others] = member.parameters;
  if (first?.role !== "namespace" || args.length !== others.length) return undefined;
  if (commas.length !== Math.max(0, args.length - 1) || argsSpan === undefined) return undefined;
  const last = args.at(-1)?.expression.kind;
  if (last === "Call" || last === "Vararg" || last === "Missing") return undefined;
  if (use.via !== "direct" || use.method || model.text[argsSpan.start - 1] !== "(")
    return undefined;
  const at = args[0]?.span.start ?? argsSpan.start;
  const namespace = luaString(usualNamespace(model));
  const newText = args.length === 0 ? namespace : `${namespace}, `;
  return { change: { span: { start: at, end: at }, newText }, namespace };
}

function usualNamespace(model: ScriptModel): string {
  const counts = new Map<string, number>();
  for (const use of allUses(model)) {
    const touched = touchedBy(use);
    // A call that lacks an argument has something else in the namespace's place.
    if (touched === undefined || use.args.length < touched.member.parameters.length) continue;
    const { namespace } = touched;
    if (namespace.kind === "exact")
      counts.set(namespace.text, (counts.get(namespace.text) ?? 0) + 1);
  }
  const [usual] = [...counts].sort((a, b) => b[1] - a[1]);
  return usual?.[0] ?? "global";
}
