/** Lets asynchronous work run one at a time, in the order it came. */
export class Mutex {
  #last: Promise<unknown> | undefined;

  /** Whether work is running: then whoever needs the same thing must `run` too. */
  get busy(): boolean {
    return this.#last !== undefined;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const turn = (this.#last ?? Promise.resolve()).then(work, work);
    this.#last = turn;
    try {
      return await turn;
    } finally {
      if (this.#last === turn) this.#last = undefined;
    }
  }
}
