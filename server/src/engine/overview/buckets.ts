/** So many buckets are kept at most; with more they become twice as wide. */
const MOST = 120;
const NARROWEST = 60_000;

export interface Bucket {
  /** Where it begins, ms since 1970. */
  readonly at: number;
  readonly entries: number;
  readonly bytes: number;
}

export interface TimeBuckets {
  /** How long each lasts, ms. */
  readonly width: number;
  /** Ascending; those that hold nothing are left out. */
  readonly buckets: readonly Bucket[];
}

/**
 * Counts entries and bytes by time in bounded memory, whatever span the times turn out to cover:
 * buckets begin a minute wide and are joined in pairs when there are too many of them.
 */
export class TimeCounter {
  #width = NARROWEST;
  #buckets = new Map<number, { entries: number; bytes: number }>();

  /** @param at ms since 1970 */
  add(at: number, bytes: number): void {
    this.#count(Math.floor(at / this.#width), 1, bytes);
    while (this.#span() > MOST) this.#widen();
  }

  result(): TimeBuckets {
    const width = this.#width;
    const buckets = [...this.#buckets]
      .sort(([one], [other]) => one - other)
      .map(([number, count]) => ({ at: number * width, ...count }));
    return { width, buckets };
  }

  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  #span(): number {
    return this.#last - this.#first + 1;
  }

  #count(number: number, entries: number, bytes: number): void {
    this.#first = Math.min(this.#first, number);
    this.#last = Math.max(this.#last, number);
    const bucket = this.#buckets.get(number);
    if (bucket === undefined) {
      this.#buckets.set(number, { entries, bytes });
      return;
    }
    bucket.entries += entries;
    bucket.bytes += bytes;
  }

  #widen(): void {
    const narrow = this.#buckets;
    this.#width *= 2;
    this.#buckets = new Map();
    this.#first = Number.POSITIVE_INFINITY;
    this.#last = Number.NEGATIVE_INFINITY;
    for (const [number, { entries, bytes }] of narrow) {
      this.#count(Math.floor(number / 2), entries, bytes);
    }
  }
}
