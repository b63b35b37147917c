import { NAME_LISTS, NO_NAMES } from "../../config/name-lists.ts";
import type { NameLists, StateConfiguration } from "../../config/types.ts";
import type { KnownText } from "../../language/model.ts";
import { matches } from "../../language/values/matching.ts";

/**
 * The lists of names that hold: those of the setting `llmspellState.rules` (unchecked; what is no list
 * of texts is passed over), each instead of the one in `[state.rules]`.
 */
export function nameLists(
  ruleSettings: unknown,
  configuration: StateConfiguration | undefined,
): NameLists {
  const settings: Readonly<Record<string, unknown>> =
    typeof ruleSettings === "object" && ruleSettings !== null ? { ...ruleSettings } : {};
  const chosen = NAME_LISTS.flatMap(({ name, effective }) => {
    const list = settings[name];
    return isListOfNames(list) ? [[effective, list]] : [];
  });
  return { ...(configuration?.nameLists ?? NO_NAMES), ...Object.fromEntries(chosen) };
}

function isListOfNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** Whether a name is on a list; `*` on the list stands for any text. */
export function isListed(name: string, list: readonly string[]): boolean {
  return list.some((listed) => listed === name || matches(patternOf(listed), name));
}

/** `old:*` as what it matches. */
function patternOf(listed: string): KnownText {
  if (!listed.includes("*")) return { kind: "exact", text: listed };
  const parts = listed.split(/(\*)/).filter((part) => part !== "");
  return { kind: "pattern", parts: parts.map((part) => (part === "*" ? null : part)) };
}
