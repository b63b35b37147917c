import type { KnownText, ScriptModel, StateUse } from "../language/model.ts";

/** All uses of State: the script's own and those behind calls of functions that pass arguments on. */
export function allUses(model: ScriptModel): readonly StateUse[] {
  return model.wrapperUses.length === 0 ? model.uses : [...model.uses, ...model.wrapperUses];
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
