import type { ScriptModel, Span } from "../language/model.ts";
import { lineOf, lineStarts } from "./lines.ts";
import { suppressionsIn } from "./suppressions.ts";
import { walkExpressions } from "./syntax/walk.ts";
import type { Fix, TextChange } from "./types.ts";

/** Makes, for one script, the fixes that silence a rule on the line of a diagnostic. */
export function silencer(model: ScriptModel): (rule: string, span: Span) => Fix {
  const { text } = model;
  let known: ReturnType<typeof surroundings> | undefined;

  const changeFor = (rule: string, span: Span): TextChange => {
    known ??= surroundings(model);
    const { starts, newline, tokens, comments } = known;
    const line = lineOf(starts, span.start);
    const existing = comments.find(
      ({ lines, rules }) => lines.first === line && lines.last === line && rules.length > 0,
    );
    const last = existing?.rules.at(-1);
    if (last !== undefined) {
      return { span: { start: last.span.end, end: last.span.end }, newText: `, ${rule}` };
    }
    const start = starts[line] ?? 0;
    const around = tokens.find((token) => token.start < start && start < token.end);
    const comment = `-- llmspell-state-disable`;
    if (around === undefined) {
      const indent = /^[ \t]*/.exec(text.slice(start, span.start))?.[0] ?? "";
      const newText = `${indent}${comment}-next-line ${rule}: reason${newline}`;
      return { span: { start, end: start }, newText };
    }
    // The line begins inside a long string: the comment goes to its end instead.
    const end = lineEnd(text, span.end);
    return { span: { start: end, end }, newText: ` ${comment}-line ${rule}: reason` };
  };

  return (rule, span) => ({
    title: `Silence ${rule} on this line`,
    changes: [changeFor(rule, span)],
  });
}

/** What a comment goes between. Found out for the first fix: most scripts need none. */
function surroundings(model: ScriptModel) {
  const { text } = model;
  return {
    starts: lineStarts(text),
    newline: text.includes("\r\n") ? "\r\n" : "\n",
    tokens: multiLineTokens(model),
    comments: suppressionsIn(model),
  };
}

function lineEnd(text: string, from: number): number {
  const found = /[\r\n]/g;
  found.lastIndex = from;
  return found.exec(text)?.index ?? text.length;
}

/** Long strings over several lines: no comment can be put inside them. */
function multiLineTokens({ chunk, text }: ScriptModel): Span[] {
  const found: Span[] = [];
  // Most scripts have no long strings, and going through all of one takes long.
  if (!/\[=*\[/.test(text)) return found;
  walkExpressions(chunk.body, (expression) => {
    if (expression.kind !== "String" || expression.quote !== "long") return;
    const { start, end } = expression.span;
    if (/[\r\n]/.test(text.slice(start, end))) found.push(expression.span);
  });
  return found;
}
