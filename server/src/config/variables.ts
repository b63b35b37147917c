import type { Span } from "./toml.ts";

export interface VariableContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** false: environment variables are not read. */
  readonly trusted: boolean;
}

export interface VariableFault {
  /** UTF-16 offsets into the raw text of the string (quotes included). */
  readonly span: Span;
  readonly rule: "config-unset-variable" | "config-value";
  readonly message: string;
  readonly next: string;
}

const REFERENCE = /\$\{([^{}"'\s]*)\}?/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Replaces each `${NAME}` of a parsed string by the environment's value; `raw` is the string as
 * written, where the faults are shown.
 */
export function replaceVariables(
  text: string,
  raw: string,
  { environment, trusted }: VariableContext,
): { readonly text: string; readonly faults: readonly VariableFault[] } {
  const places = referencePlaces(text, raw);
  const faults: VariableFault[] = [];
  let index = 0;
  const replaced = text.replace(REFERENCE, (reference: string, name: string) => {
    const span = places[index++] ?? { start: 0, end: raw.length };
    if (!NAME.test(name) || !reference.endsWith("}")) {
      faults.push({
        span,
        rule: "config-value",
        message: `\`${reference}\` is not a reference to an environment variable.`,
        next: `Write \${NAME}, with letters, digits and underscores.`,
      });
      return reference;
    }
    const value = trusted ? environment[name] : undefined;
    if (value !== undefined) return value;
    faults.push({
      span,
      rule: "config-unset-variable",
      ...(trusted
        ? {
            message: `The environment variable ${name} is not set.`,
            next: `Set ${name} where the editor or the command is started, or write the value here.`,
          }
        : {
            message: `The environment variable ${name} is not read, because this workspace is not trusted.`,
            next: "Trust the workspace, or write the value here.",
          }),
    });
    return reference;
  });
  return { text: replaced, faults };
}

/** Where the references stand in the raw string; none when escapes hide some of them. */
function referencePlaces(text: string, raw: string): readonly Span[] {
  const wanted = [...text.matchAll(REFERENCE)].map((match) => match[0]);
  const found = [...raw.matchAll(REFERENCE)];
  if (wanted.length !== found.length) return [];
  if (found.some((match, index) => match[0] !== wanted[index])) return [];
  return found.map((match) => ({ start: match.index, end: match.index + match[0].length }));
}
