import type { ScriptModel, Span } from "../language/model.ts";
import { lineOf, lineStarts } from "./lines.ts";

/** A comment that silences rules: `-- llmspell-state-disable-next-line RULE, RULE: reason`. */
export interface Suppression {
  /** The comment. */
  readonly span: Span;
  /** Each rule it names, with the place of its name; `all` names every rule. */
  readonly rules: readonly { readonly code: string; readonly span: Span }[];
  /** 0-based lines, both inclusive. */
  readonly lines: { readonly first: number; readonly last: number };
}

const DIRECTIVE = /^(\s*llmspell-state-disable-(next-line|line|file)(?![\w-]))([^:]*)/;

/** The comments of a script that silence rules, in source order. */
export function suppressionsIn({ text, chunk }: ScriptModel): readonly Suppression[] {
  const starts = lineStarts(text);
  return chunk.comments.flatMap((comment) => {
    const { start, end } = comment.contentSpan;
    const found = DIRECTIVE.exec(text.slice(start, end));
    if (found === null) return [];
    const [, head = "", scope = "", names = ""] = found;
    return [
      {
        span: comment.span,
        rules: namedRules(names, start + head.length),
        lines: linesOf(scope, comment.span, starts),
      },
    ];
  });
}

function namedRules(names: string, offset: number): Suppression["rules"] {
  return [...names.matchAll(/[\w-]+/g)].map((match) => {
    const start = offset + match.index;
    return { code: match[0], span: { start, end: start + match[0].length } };
  });
}

function linesOf(scope: string, span: Span, starts: readonly number[]): Suppression["lines"] {
  if (scope === "file") return { first: 0, last: Number.POSITIVE_INFINITY };
  const last = lineOf(starts, span.end);
  if (scope === "next-line") return { first: last + 1, last: last + 1 };
  return { first: lineOf(starts, span.start), last };
}
