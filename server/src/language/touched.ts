import { type ApiMember, type ApiRole, STATE_MEMBERS } from "../../../shared/src/api.ts";
import type { Argument, KnownText, StateUse } from "./model.ts";

const UNKNOWN: KnownText = { kind: "unknown" };

/** What a State call touches: how its namespace and key are known. */
export interface Touched {
  readonly member: ApiMember;
  readonly namespace: KnownText;
  /** undefined for members that take no key. */
  readonly key: KnownText | undefined;
  readonly namespaceArgument: Argument | undefined;
  readonly keyArgument: Argument | undefined;
}

/** By member: which parameter plays a role. Asked again and again for every use of a script. */
const PLACES: ReadonlyMap<string, Partial<Record<ApiRole, number>>> = new Map(
  Array.from(STATE_MEMBERS, ([name, { parameters }]) => [
    name,
    Object.fromEntries(parameters.map(({ role }, i) => [role, i]).reverse()),
  ]),
);

/** The argument of a call that plays a role, if it was given. */
export function argumentFor(use: StateUse, role: ApiRole): Argument | undefined {
  const place = PLACES.get(use.member)?.[role];
  return place === undefined ? undefined : use.args[place];
}

/** The namespace and key that a call of the State API touches; undefined for any other use. */
export function touchedBy(use: StateUse): Touched | undefined {
  const member = STATE_MEMBERS.get(use.member);
  if (member === undefined || member.access === "none" || use.kind !== "call" || use.method) {
    return undefined;
  }
  const { namespacePrefix } = member;
  const namespaceArgument = argumentFor(use, namespacePrefix === undefined ? "namespace" : "owner");
  const keyArgument = argumentFor(use, "key") ?? argumentFor(use, "step");
  return {
    member,
    namespace: prefixed(namespacePrefix ?? "", namespaceArgument?.text ?? UNKNOWN),
    key: member.access === "list" ? undefined : (keyArgument?.text ?? UNKNOWN),
    namespaceArgument,
    keyArgument,
  };
}

function prefixed(prefix: string, text: KnownText): KnownText {
  if (prefix === "") return text;
  if (text.kind === "exact") return { kind: "exact", text: prefix + text.text };
  if (text.kind === "unknown") return { kind: "pattern", parts: [prefix, null] };
  const [first, ...rest] = text.parts;
  return typeof first === "string"
    ? { kind: "pattern", parts: [prefix + first, ...rest] }
    : { kind: "pattern", parts: [prefix, ...text.parts] };
}
