import type { Severity } from "../../config/types.ts";

/** One finding as the command line tells it; lines and columns (UTF-16) are 1-based. */
export interface Finding {
  /** Path relative to the current folder where it lies below it; `<stdin>` for standard input. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  /** One after the last column. */
  readonly endColumn: number;
  readonly rule: string;
  readonly severity: Exclude<Severity, "off">;
  readonly message: string;
  /** Page that explains the rule. */
  readonly docsUrl: string;
  /** The line that the finding begins on. */
  readonly source: string;
}

/** Where UTF-16 offsets of a text stand: 1-based lines and columns. */
export function locator(text: string): {
  readonly at: (offset: number) => { readonly line: number; readonly column: number };
  /** The text of a 1-based line, without its end. */
  readonly source: (line: number) => string;
} {
  const lines = text.split(/\r\n|\n|\r/);
  const starts = [0];
  for (const found of text.matchAll(/\r\n|\n|\r/g)) starts.push(found.index + found[0].length);
  return {
    at: (offset) => {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
    },
    source: (line) => lines[line - 1] ?? "",
  };
}
