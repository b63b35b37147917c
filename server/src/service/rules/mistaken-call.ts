import { type ApiMember, MISTAKEN_MEMBERS, STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { ScriptModel, StateUse } from "../../language/model.ts";
import type { Fix, TextChange } from "../types.ts";
import { callPlace } from "./call-place.ts";
import { asDefault, isNoKey } from "./default-argument.ts";
import { addNamespace } from "./missing-namespace.ts";

/** Functions of other stores that say whether something is there. */
const ASKING: ReadonlySet<string> = new Set(["exists", "has", "contains"]);

/** What a use of a function that State does not have is turned into. */
export function mistakenCallFixes(use: StateUse, meant: string, model: ScriptModel): Fix[] {
  const { memberSpan, member: written } = use;
  const member = STATE_MEMBERS.get(meant);
  const asWritten = model.text.slice(memberSpan.start, memberSpan.end);
  if (member === undefined || use.via !== "direct" || asWritten !== written) return [];
  const rename: TextChange = { span: memberSpan, newText: meant };
  if (use.kind !== "call") {
    return [{ title: `Change to State.${meant}`, changes: [rename], preferred: true }];
  }
  if (written === "clear" && use.args.length === 1) return clearing(use, model);
  const fallback = meant === "load" ? defaultIn(use, model) : undefined;
  if (fallback === "unclear") return [];
  const ending = fallback ?? (ASKING.has(written) ? comparing(use, model) : []);
  const count = use.args.length - (fallback === undefined ? 0 : 1);
  const more = ending.length === 0 ? "" : fallback === undefined ? " and compare" : " or a default";
  if (count === member.parameters.length) {
    // A slip in a name can only be meant one way.
    const slip = !MISTAKEN_MEMBERS.has(written) && ending.length === 0 && !use.method;
    const title = `Change to State.${meant}${more}`;
    const changes = inOrder([rename, ...ending]);
    return [{ title, changes, preferred: true, ...(slip ? { safe: true } : {}) }];
  }
  return addNamespace(use, member, model, count).map(({ change, namespace }, i) => ({
    title: `Change to State.${meant}${more} in the namespace ${namespace}`,
    changes: inOrder([rename, change, ...ending]),
    ...(i === 0 ? { preferred: true } : {}),
  }));
}

/**
 * What makes the last argument of `State.get(k, {})` a default; undefined where none is given, and
 * "unclear" where it cannot be made one.
 */
function defaultIn(
  use: StateUse,
  model: ScriptModel,
): readonly TextChange[] | "unclear" | undefined {
  const [, second] = use.args;
  const given =
    use.args.length === 3 ||
    (use.args.length === 2 && second !== undefined && (isNoKey(second) || keysAlone(model)));
  return given ? (asDefault(use, model) ?? "unclear") : undefined;
}

/** Whether the script takes State for a store without namespaces: `State.set("theme", "dark")`. */
function keysAlone({ uses }: ScriptModel): boolean {
  const wants = (use: StateUse): ApiMember | undefined =>
    STATE_MEMBERS.get(MISTAKEN_MEMBERS.get(use.member) ?? "");
  return uses.some((use) => {
    const member = wants(use);
    if (member?.access !== "write" && member?.access !== "read") return false;
    return use.kind === "call" && use.args.length === member.parameters.length - 1
      ? member.access === "write" || use.args.length === 1
      : false;
  });
}

/** `State.load(...) ~= nil` */
function comparing(use: StateUse, model: ScriptModel): readonly TextChange[] {
  const { start, end } = use.span;
  const place = callPlace(model, use);
  if (place === "statement") return [];
  const after = { span: { start: end, end }, newText: " ~= nil" };
  if (place === "value") return [after];
  return [
    { span: { start, end: start }, newText: "(" },
    { ...after, newText: `${after.newText})` },
  ];
}

/** `State.clear(ns)` as a loop over its keys. */
function clearing(use: StateUse, model: ScriptModel): Fix[] {
  const [argument] = use.args;
  const plain =
    argument?.expression.kind === "String" || argument?.expression.kind === "Identifier";
  if (argument === undefined || !plain || callPlace(model, use) !== "statement") return [];
  const namespace = model.text.slice(argument.span.start, argument.span.end);
  const key = namespace === "key" ? "name" : "key";
  const newText = `for _, ${key} in ipairs(State.list_keys(${namespace})) do State.delete(${namespace}, ${key}) end`;
  return [
    {
      title: `Delete every key of ${namespace}`,
      changes: [{ span: use.span, newText }],
      preferred: true,
    },
  ];
}

function inOrder(changes: readonly TextChange[]): readonly TextChange[] {
  return changes.toSorted((a, b) => a.span.start - b.span.start);
}
