import type { CancellationToken } from "vscode-languageserver/node";

/** A document that was not changed for so long, in ms, is not being typed in just now. */
const QUIET = 120;
/** While somebody goes on typing, things are judged once in so long, in ms. */
const LONGEST = 1000;

interface Typing {
  /** When the first change came since the document was quiet, or was judged all the same. */
  readonly began: number;
  /** When the last one came. */
  readonly last: number;
}

/**
 * Tells when documents are quiet: what is asked right after a letter (completion, hover) is answered
 * before everything is judged again.
 */
export class Quiet {
  readonly #typing = new Map<string, Typing>();

  /** The document is another one now. */
  changed(uri: string): void {
    const now = performance.now();
    const known = this.#typing.get(uri);
    const going = known !== undefined && now - known.last < QUIET;
    this.#typing.set(uri, { began: going ? known.began : now, last: now });
  }

  forget(uri: string): void {
    this.#typing.delete(uri);
  }

  /** Done when the document is quiet, has waited long enough, or nobody wants to know any more. */
  async of(uri: string, token?: CancellationToken): Promise<void> {
    for (;;) {
      const typing = this.#typing.get(uri);
      if (typing === undefined || token?.isCancellationRequested === true) return;
      const until = Math.min(typing.last + QUIET, typing.began + LONGEST);
      const left = until - performance.now();
      if (left <= 0) {
        // Whoever goes on is left alone again for a while.
        this.#typing.set(uri, { ...typing, began: performance.now() });
        return;
      }
      await new Promise((resume) => setTimeout(resume, left));
    }
  }
}
