import { compareUtf8 } from "../backup/order.ts";

/** Texts in ascending order of their UTF-8 bytes, each once. */
export class SortedTexts {
  readonly #texts: string[];

  constructor(sorted: readonly string[] = []) {
    this.#texts = [...sorted];
  }

  add(text: string): void {
    const at = this.#firstFrom(text);
    if (this.#texts[at] !== text) this.#texts.splice(at, 0, text);
  }

  remove(text: string): void {
    const at = this.#firstFrom(text);
    if (this.#texts[at] === text) this.#texts.splice(at, 1);
  }

  all(): readonly string[] {
    return [...this.#texts];
  }

  /** At most `limit` that begin with `prefix` and come after `after`. */
  page(prefix: string, after: string | undefined, limit: number): readonly string[] {
    let at = this.#firstFrom(prefix);
    if (after !== undefined) {
      const next = this.#firstFrom(after);
      at = Math.max(at, this.#texts[next] === after ? next + 1 : next);
    }
    const page: string[] = [];
    for (let text = this.#texts[at]; text?.startsWith(prefix); text = this.#texts[++at]) {
      if (page.length >= limit) break;
      page.push(text);
    }
    return page;
  }

  copy(): SortedTexts {
    return new SortedTexts(this.#texts);
  }

  #firstFrom(text: string): number {
    let low = 0;
    let high = this.#texts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareUtf8(this.#texts[middle] ?? "", text) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
