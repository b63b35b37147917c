const DOCS = "https://github.com/llmspell/llmspell-state/blob/main/docs/rules/";

/** The page that explains a rule, by its code. */
export function ruleUrl(code: string): string {
  return `${DOCS}${code}.md`;
}
