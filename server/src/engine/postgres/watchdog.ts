/** How often is looked at what runs, in ms. */
const TICK = 25;
/** Ticks without anything running after which nothing is looked at any more. */
const QUIET = 40;

interface Watched {
  /** On the clock of `performance.now()`, in ms. */
  due: number;
  /** What happens then, one after the other; each step gives the pause (ms) to the next. */
  readonly steps: (() => number)[];
}

/**
 * Does something about calls that take too long. One timer for all: to set and to clear one for each
 * call would take as long as a read in the same building takes.
 */
export class Watchdog {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #quiet = 0;

  /** The answer, for which `steps` are taken one after the other from `limit` (ms) on. */
  async watch<T>(answer: Promise<T>, limit: number, steps: readonly (() => number)[]): Promise<T> {
    const watched: Watched = { due: performance.now() + limit, steps: [...steps] };
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => this.#look(), TICK).unref();
    try {
      return await answer;
    } finally {
      this.#watched.delete(watched);
    }
  }

  #look(): void {
    this.#quiet = this.#watched.size === 0 ? this.#quiet + 1 : 0;
    if (this.#quiet > QUIET) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#quiet = 0;
    }
    const now = performance.now();
    for (const watched of this.#watched) {
      if (now < watched.due) continue;
      watched.due = now + (watched.steps.shift()?.() ?? Number.POSITIVE_INFINITY);
    }
  }
}
