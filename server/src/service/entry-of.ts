import { type ApiMember, type ApiRole, STATE_MEMBERS } from "../../../shared/src/api.ts";
import type { Argument, KnownText, ScriptModel, StateUse } from "../language/model.ts";

const UNKNOWN: KnownText = { kind: "unknown" };

/** All uses of State: the script's own and those behind calls of functions that pass arguments on. */
export function allUses(model: ScriptModel): readonly StateUse[] {
  return model.wrapperUses.length === 0 ? model.uses : [...model.uses, ...model.wrapperUses];
}

/** What a State call touches: how its namespace and key are known. */
export interface Touched {
  readonly member: ApiMember;
  readonly namespace: KnownText;
  /** undefined for members that take no key. */
  readonly key: KnownText | undefined;
  readonly namespaceArgument: Argument | undefined;
  readonly keyArgument: Argument | undefined;
}

/** The argument of a call that plays a role, if it was given. */
export function argumentFor(use: StateUse, role: ApiRole): Argument | undefined {
  const member = STATE_MEMBERS.get(use.member);
  const index = member?.parameters.findIndex((parameter) => parameter.role === role) ?? -1;
  return index < 0 ? undefined : use.args[index];
}

/** The namespace and key that a call of the State API touches; undefined for any other use. */
export function touchedBy(use: StateUse): Touched | undefined {
  const member = STATE_MEMBERS.get(use.member);
  if (member === undefined || member.access === "none" || use.kind !== "call" || use.method) {
    return undefined;
  }
  const namespaceArgument =
    member.namespacePrefix === undefined
      ? argumentFor(use, "namespace")
      : argumentFor(use, "owner");
  const keyArgument = argumentFor(use, "key") ?? argumentFor(use, "step");
  return {
    member,
    namespace: prefixed(member.namespacePrefix ?? "", namespaceArgument?.text ?? UNKNOWN),
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

/** Whether a text that is known exactly can be one that `known` computes. */
export function matches(known: KnownText, text: string): boolean {
  if (known.kind === "unknown") return true;
  if (known.kind === "exact") return known.text === text;
  const { parts } = known;
  let at = 0;
  let gap = false;
  for (const [index, part] of parts.entries()) {
    if (part === null) {
      gap = true;
      continue;
    }
    if (!gap) {
      if (!text.startsWith(part, at)) return false;
      at += part.length;
      continue;
    }
    // The last fixed part must end the text; any other may stand at the first place it fits.
    const found = index === parts.length - 1 ? text.length - part.length : text.indexOf(part, at);
    if (found < at || !text.startsWith(part, found)) return false;
    at = found + part.length;
    gap = false;
  }
  return gap || at === text.length;
}

/** What every text of a pattern begins with; the whole text where it is exact. */
export function knownPrefix(known: KnownText): string {
  if (known.kind === "exact") return known.text;
  return (known.kind === "pattern" && known.parts[0]) || "";
}

/** `profile:*`: a pattern for people. */
export function describePattern(known: KnownText): string {
  if (known.kind === "exact") return known.text;
  return known.kind === "unknown" ? "*" : known.parts.map((part) => part ?? "*").join("");
}
