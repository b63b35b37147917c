import type { Rule } from "./rule.ts";

/** What makes a script no valid Lua. */
export const syntaxError: Rule = {
  code: "syntax-error",
  family: "use",
  defaultSeverity: "error",
  summary: "Text that is not valid Lua",
  check: ({ model }) => model.problems,
};
