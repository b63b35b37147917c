import type { Span } from "../../language/model.ts";
import type { TextPlace } from "../../language/workspace-view.ts";

const LF = 10;
const CR = 13;

/** UTF-16 offsets at which the lines of a text begin: after LF, CR or CR LF, as LSP has it. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const ends = unit === LF || (unit === CR && text.charCodeAt(at + 1) !== LF);
    if (ends) starts.push(at + 1);
  }
  return starts;
}

/** A span with its lines. */
export function placeOf({ start, end }: Span, lines: ArrayLike<number>): TextPlace {
  const startLine = lineAt(start, lines);
  const endLine = lineAt(end, lines);
  return {
    start,
    end,
    startLine,
    startCharacter: start - (lines[startLine] ?? 0),
    endLine,
    endCharacter: end - (lines[endLine] ?? 0),
  };
}

function lineAt(offset: number, lines: ArrayLike<number>): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
