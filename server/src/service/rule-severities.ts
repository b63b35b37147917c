import type { Severity, StateConfiguration } from "../config/types.ts";
import type { Rule } from "./rules/rule.ts";

const SEVERITIES: ReadonlySet<unknown> = new Set([
  "off",
  "hint",
  "information",
  "warning",
  "error",
]);

function isSeverity(value: unknown): value is Severity {
  return SEVERITIES.has(value);
}

/**
 * The severity that somebody chose for a rule: the setting `llmspellState.rules` (unchecked; what is
 * no severity is passed over), else `[state.rules]`; undefined when nobody did.
 */
export function chosenSeverity(
  code: string,
  ruleSettings: unknown,
  configuration: StateConfiguration | undefined,
): Severity | undefined {
  const settings: Readonly<Record<string, unknown>> =
    typeof ruleSettings === "object" && ruleSettings !== null ? { ...ruleSettings } : {};
  const setting = settings[code];
  return isSeverity(setting) ? setting : configuration?.rules[code];
}

/** Whether a rule has anything to say under these settings. */
export function isSwitchedOn(rule: Rule, chosen: Severity | undefined): boolean {
  return (chosen ?? rule.defaultSeverity) !== "off";
}
