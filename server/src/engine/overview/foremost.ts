/** The first `limit` of what passes by, in the order of `compare`, in memory for no more than these. */
export class Foremost<T> {
  readonly #limit: number;
  readonly #compare: (one: T, other: T) => number;
  readonly #kept: T[] = [];

  constructor(limit: number, compare: (one: T, other: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  add(item: T): void {
    const last = this.#kept.at(-1);
    const full = this.#kept.length >= this.#limit;
    if (full && last !== undefined && this.#compare(item, last) >= 0) return;
    if (full) this.#kept.pop();
    const after = this.#kept.findIndex((kept) => this.#compare(item, kept) < 0);
    this.#kept.splice(after === -1 ? this.#kept.length : after, 0, item);
  }

  result(): readonly T[] {
    return this.#kept;
  }
}
