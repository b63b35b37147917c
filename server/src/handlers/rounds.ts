/** Changes that follow each other this closely are answered together, in ms. */
const GATHERED = 100;
/** After a round it rests this many times as long as the round took: others need the thread too. */
const REST = 2;

/**
 * Does a piece of work for named things, one at a time. What is asked for while it is being done is
 * done once more, however often it was asked; so the newest wins, and a storm of asking costs no more
 * than a part of the time.
 */
export class Rounds {
  readonly #work: (name: string) => Promise<void>;
  readonly #urgent = new Set<string>();
  readonly #waiting = new Set<string>();
  #running: Promise<void> | undefined;
  #restedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param work does not throw */
  constructor(work: (name: string) => Promise<void>) {
    this.#work = work;
  }

  /** Before anything else: somebody is looking at it. */
  now(name: string): void {
    this.#waiting.delete(name);
    this.#urgent.add(name);
    void this.#run();
  }

  /** In the next round, which begins soon. */
  later(names: Iterable<string>): void {
    for (const name of names) this.#waiting.add(name);
    this.#schedule();
  }

  forget(name: string): void {
    this.#urgent.delete(name);
    this.#waiting.delete(name);
  }

  /** Nothing is begun any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#stopped || this.#waiting.size === 0 || this.#timer !== undefined) return;
    const pause = Math.max(GATHERED, this.#restedAt - performance.now());
    this.#timer = setTimeout(() => void this.#round(), pause).unref();
  }

  /** All that waits now; what comes meanwhile waits for the next round. */
  async #round(): Promise<void> {
    const names = [...this.#waiting];
    const began = performance.now();
    for (const name of names) {
      if (!this.#waiting.delete(name)) continue;
      this.#urgent.add(name);
      await this.#run();
    }
    const ended = performance.now();
    this.#restedAt = ended + REST * (ended - began);
    this.#timer = undefined;
    this.#schedule();
  }

  #run(): Promise<void> {
    this.#running ??= this.#all().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #all(): Promise<void> {
    for (const name of this.#urgent) {
      if (this.#stopped) return;
      this.#urgent.delete(name);
      await this.#work(name);
      // Requests that came meanwhile are answered first.
      await new Promise((resume) => setImmediate(resume));
    }
  }
}
