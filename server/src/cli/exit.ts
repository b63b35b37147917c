import type { ExitCode } from "./command.ts";

/** Codes of failures that are a matter of usage or configuration. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  "usage",
  "config-syntax",
  "config-value",
  "config-unknown-key",
  "config-unset-variable",
  "unsupported-runtime",
  "invalid-namespace",
  "invalid-key",
  "invalid-value",
  "value-too-large",
  "not-utf8",
  "unreadable-file",
  "invalid-import",
  "invalid-version",
]);

/** The exit code that a failure ends with. */
export function exitCodeOf(code: string): ExitCode {
  return USAGE_CODES.has(code) ? 2 : 1;
}
