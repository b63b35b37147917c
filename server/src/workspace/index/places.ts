import type { Span } from "../../language/model.ts";
import type { TextPlace } from "../../language/workspace-view.ts";

/** Gives spans of one text their lines. */
export class Places {
  /** Offsets at which lines begin. */
  readonly #lines: number[] = [0];

  constructor(text: string) {
    // A line ends at LF, CR or CR LF, as LSP has it.
    for (const end of text.matchAll(/\r\n|\r|\n/g)) this.#lines.push(end.index + end[0].length);
  }

  of({ start, end }: Span): TextPlace {
    const startLine = this.#lineAt(start);
    const endLine = this.#lineAt(end);
    return {
      start,
      end,
      startLine,
      startCharacter: start - (this.#lines[startLine] ?? 0),
      endLine,
      endCharacter: end - (this.#lines[endLine] ?? 0),
    };
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
