const INTERVAL_MS = 25;
/** What the process may grow beside scripts' values: dead strings that wait for collection. */
const SLACK_MB = 384;
/** How long after one run was ended its memory may take to come back, before another is. */
const PAUSE_MS = 500;
const MIB = 1024 * 1024;

interface Watched {
  readonly limitMb: number;
  readonly onFull: () => void;
}

/**
 * Long strings live off the heap that a worker's resourceLimits bound, and one call can make many of
 * them before the script's thread looks itself: this watches the process from outside. It sees the
 * memory of all scripts that run in it only in sum, so each adds its limit to what is allowed.
 */
export class ResidentWatch {
  readonly #rss: () => number;
  readonly #runs = new Set<Watched>();
  #atStart = 0;
  #timer: NodeJS.Timeout | undefined;
  #nextEnd = 0;

  /** @param rss bytes that the process has resident */
  constructor(rss: () => number = process.memoryUsage.rss) {
    this.#rss = rss;
  }

  /**
   * Watches a run of at most `limitMb` until the function that it gives is called. When all together
   * have too much, `onFull` of the newest is called, which most likely is at fault: the others ran well.
   */
  watch(limitMb: number, onFull: () => void): () => void {
    const run = { limitMb, onFull };
    if (this.#runs.size === 0) {
      this.#atStart = this.#rss();
      this.#timer = setInterval(() => this.#look(), INTERVAL_MS);
    }
    this.#runs.add(run);
    return () => this.#leave(run);
  }

  #leave(run: Watched): void {
    if (!this.#runs.delete(run)) return;
    if (this.#runs.size === 0) clearInterval(this.#timer);
    // What it leaves behind is not held against the others.
    this.#atStart = Math.max(this.#atStart, this.#rss() - this.#allowed());
  }

  #look(): void {
    if (this.#rss() - this.#atStart <= this.#allowed() + SLACK_MB * MIB) return;
    const now = performance.now();
    if (now < this.#nextEnd) return;
    this.#nextEnd = now + PAUSE_MS;
    [...this.#runs].at(-1)?.onFull();
  }

  /** Bytes that the scripts going on may have. */
  #allowed(): number {
    return [...this.#runs].reduce((sum, { limitMb }) => sum + limitMb * MIB, 0);
  }
}
