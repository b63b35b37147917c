import { type ApiMember, MISTAKEN_MEMBERS, STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { KnownText, ScriptModel, StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import { luaString } from "../lua-strings.ts";
import type { TextChange } from "../types.ts";

/** Namespaces that are offered for one call. */
const OFFERED = 3;

/** A namespace put before the arguments of a call, and how it is written. */
export interface AddedNamespace {
  readonly change: TextChange;
  readonly namespace: string;
}

/**
 * The changes that put a namespace before the first `count` arguments of a call, which has all
 * others of `member`: the likeliest namespace first. They are those that the script uses, the most
 * used first, and `global`. None where the call is not of that form, or where it is the key that is
 * missing: `State.load("user")` in a script that uses the namespace `user`.
 */
export function addNamespace(
  use: StateUse,
  member: ApiMember,
  model: ScriptModel,
  count = use.args.length,
): readonly AddedNamespace[] {
  const { args, argsSpan, commas } = use;
  const [first, ...others] = member.parameters;
  if (first?.role !== "namespace" || count !== others.length) return [];
  if (commas.length !== Math.max(0, args.length - 1) || argsSpan === undefined) return [];
  const last = args.at(-1)?.expression.kind;
  if (last === "Call" || last === "Vararg" || last === "Missing") return [];
  if (use.via !== "direct" || use.method || model.text[argsSpan.start - 1] !== "(") return [];
  const used = namespacesIn(model);
  const given = args[0]?.text;
  if (given?.kind === "exact" && used.includes(given.text)) return [];
  const at = args[0]?.span.start ?? argsSpan.start;
  return [...new Set([...used.slice(0, OFFERED), "global"])].map((name) => {
    const namespace = luaString(name);
    const newText = args.length === 0 ? namespace : `${namespace}, `;
    return { change: { span: { start: at, end: at }, newText }, namespace };
  });
}

/** The namespaces of complete calls, the most used first. */
function namespacesIn(model: ScriptModel): readonly string[] {
  const counts = new Map<string, number>();
  for (const use of allUses(model)) {
    const namespace = namespaceOf(use);
    if (namespace?.kind === "exact")
      counts.set(namespace.text, (counts.get(namespace.text) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** The namespace of a call that has all arguments: what lacks one has something else in its place. */
function namespaceOf(use: StateUse): KnownText | undefined {
  const touched = touchedBy(use);
  if (touched !== undefined) {
    return use.args.length < touched.member.parameters.length ? undefined : touched.namespace;
  }
  // `State.set(ns, k, v)` is meant as a save; with fewer arguments such calls may mean anything.
  const meant = STATE_MEMBERS.get(MISTAKEN_MEMBERS.get(use.member) ?? "");
  return meant?.access === "write" && use.args.length === meant.parameters.length
    ? use.args[0]?.text
    : undefined;
}
