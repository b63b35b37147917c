/** VS Code puts off what comes within so many milliseconds of the last, until as long passes without any. */
const PUT_OFF_MS = 200;
/** Its clock and ours differ by as much. */
const MARGIN_MS = 5;
/** Whoever does one thing after the other does the next one before that. */
const REST_MS = 3_000;

/**
 * Tells VS Code which rows to draw again, so that it does so at once: never sooner after the last time
 * than it would, and never later than that because of what came meanwhile.
 */
export class Redraws<Row> {
  readonly #tell: (rows: Row[]) => void;
  readonly #rows = new Set<Row>();
  #told = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  /** From this moment on VS Code draws at once. */
  #free = Number.NEGATIVE_INFINITY;

  /** @param tell gives rows to VS Code; never none */
  constructor(tell: (rows: Row[]) => void) {
    this.#tell = tell;
  }

  /** These rows are out of date. Settles when VS Code has been told. */
  async ask(...rows: readonly Row[]): Promise<void> {
    for (const row of rows) this.#rows.add(row);
    if (this.#rows.size === 0) return;
    const { promise } = this.#told;
    if (this.#timer !== undefined) return await promise;
    const rest = this.#free - performance.now();
    if (rest <= 0) this.#draw();
    else this.#timer = setTimeout(() => this.#draw(), rest);
    await promise;
  }

  /** VS Code was told of nothing for some seconds. */
  get isAtRest(): boolean {
    return performance.now() - this.#free > REST_MS;
  }

  /** VS Code was told of something else in the view, which counts as well. */
  note(): void {
    this.#free = performance.now() + PUT_OFF_MS + MARGIN_MS;
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#draw(), PUT_OFF_MS + MARGIN_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #draw(): void {
    this.#timer = undefined;
    const rows = [...this.#rows];
    this.#rows.clear();
    const told = this.#told;
    this.#told = Promise.withResolvers<void>();
    this.note();
    this.#tell(rows);
    told.resolve();
  }
}
