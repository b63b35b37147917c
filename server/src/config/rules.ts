import type { ConfigRule, Severity } from "./types.ts";

/** A rule over configuration files themselves. */
export interface ConfigRuleInfo {
  readonly code: ConfigRule;
  readonly defaultSeverity: Exclude<Severity, "off">;
  /** One line for the index of rules. */
  readonly summary: string;
}

export const CONFIG_RULES: readonly ConfigRuleInfo[] = [
  {
    code: "config-syntax",
    defaultSeverity: "error",
    summary: "A configuration file that is no TOML",
  },
  {
    code: "config-value",
    defaultSeverity: "error",
    summary: "A setting of a wrong type or value",
  },
  {
    code: "config-unknown-key",
    defaultSeverity: "warning",
    summary: "A setting that is not known",
  },
  {
    code: "config-unset-variable",
    defaultSeverity: "error",
    summary: "An environment variable that is not set",
  },
];

/** The codes of the rules over configuration files. */
export const CONFIG_RULE_CODES: readonly string[] = CONFIG_RULES.map(({ code }) => code);
