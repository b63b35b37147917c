/** Characters of scripts whose models fill about what the scripts' thread has for what is new, 3 MiB. */
const FILLING = 10_500;

/**
 * Lets V8 clean up between two scripts, in a thread where it may be asked to (`roomy-thread.ts`): then
 * nothing of a model is in use any more. In the middle of one it finds half of that in use, and what it
 * finds twice it takes for something that stays.
 */
export class Room {
  #filled = 0;

  /** The next script is about to be understood, and nobody looks at the model of the last one. */
  make({ length }: string): void {
    if (this.#filled > 0 && this.#filled + length > FILLING) {
      globalThis.gc?.({ type: "minor" });
      this.#filled = 0;
    }
    this.#filled += length;
  }
}
