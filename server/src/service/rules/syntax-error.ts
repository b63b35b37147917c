import type { Rule } from "./rule.ts";

/** What makes a script no valid Lua. */
export const syntaxError: Rule = {
  code: "syntax-error",
  family: "use",
  defaultSeverity: "error",
  summary: "Text that is not valid Lua",
  check: ({ model }) => {
    const { problems, text } = model;
    const [first] = problems;
    // Each byte of what is no text would be a mistake of its own.
    return first !== undefined && NO_TEXT.test(text)
      ? [{ span: first.span, message: "This is no text: binary data, or a compiled script" }]
      : problems;
  },
};

/** A character that no text has, or the beginning of what `luac` makes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for
const NO_TEXT = /\0|^\x1bLua/;
