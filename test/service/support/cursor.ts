import type { ScriptModel, Span } from "../../../server/src/language/model.ts";
import { buildScriptModel } from "../../../server/src/language/script-model.ts";

/** Where the cursor stands in a fixture. */
const CURSOR = "‸";

/** The model of a fixture and where its cursor stands. */
export function fixture(marked: string): { model: ScriptModel; offset: number } {
  const offset = marked.indexOf(CURSOR);
  if (offset < 0) throw new Error(`No ${CURSOR} in the fixture: ${marked}`);
  const text = marked.slice(0, offset) + marked.slice(offset + CURSOR.length);
  return { model: buildScriptModel(text), offset };
}

/** A fixture whose expected findings stand in ⟦ ⟧: its text without the marks, and their spans. */
export function marks(marked: string): { text: string; spans: Span[] } {
  const spans: Span[] = [];
  const open: number[] = [];
  let text = "";
  for (const character of marked) {
    if (character === "⟦") open.push(text.length);
    else if (character === "⟧") {
      const start = open.pop();
      if (start === undefined) throw new Error(`Unbalanced marks: ${marked}`);
      spans.push({ start, end: text.length });
    } else text += character;
  }
  return { text, spans: spans.sort((a, b) => a.start - b.start || a.end - b.end) };
}

/** The fixture's text with marks around spans, to compare by eye. */
export function marked(text: string, spans: readonly Span[]): string {
  let result = text;
  for (const { start, end } of spans.toSorted((a, b) => b.start - a.start || b.end - a.end)) {
    result = `${result.slice(0, start)}⟦${result.slice(start, end)}⟧${result.slice(end)}`;
  }
  return result;
}
