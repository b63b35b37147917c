/**
 * Walks a stream of batches item by item, waiting only when a batch is used up: the cost of one
 * wait per item would be most of the cost of a merge.
 */
export class BatchCursor<T> {
  readonly #source: AsyncIterator<readonly T[]>;
  #batch: readonly T[] = [];
  #index = 0;
  #ended = false;

  constructor(source: AsyncIterable<readonly T[]>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Whether `current` is not known before `fill` was awaited. */
  get hungry(): boolean {
    return !this.#ended && this.#index >= this.#batch.length;
  }

  /** The present item; undefined at the end. Valid when not hungry. */
  get current(): T | undefined {
    return this.#batch[this.#index];
  }

  advance(): void {
    this.#index++;
  }

  async fill(): Promise<void> {
    while (this.hungry) {
      const step = await this.#source.next();
      this.#index = 0;
      this.#batch = step.done === true ? [] : step.value;
      this.#ended = step.done === true;
    }
  }

  /** Lets the source free what it holds. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#source.return?.();
  }
}
