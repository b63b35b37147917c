/**
 * Watches what is being found out, where that may ask for itself. Most such circles end the same way
 * wherever they are entered; through several things they may not.
 */
export class Progress {
  /** What is being found out, the innermost last. */
  readonly #running: object[] = [];
  #orderMatters = false;

  /** Whether something that was found out may depend on what was asked for first. */
  get orderMatters(): boolean {
    return this.#orderMatters;
  }

  begin(what: object): void {
    this.#running.push(what);
  }

  end(): void {
    this.#running.pop();
  }

  /** Something was asked for that is being found out, and is taken for unknown. */
  circle(what: object): void {
    if (this.#running.at(-1) !== what) this.#orderMatters = true;
  }

  /** It was given up, since too much was asked for one through the other. */
  gaveUp(): void {
    this.#orderMatters = true;
  }
}
