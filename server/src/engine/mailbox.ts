/**
 * The short way for small calls between a thread that blocks and the engine's: memory that both share.
 * A message wakes the engine's thread through its event loop, which costs more than most calls; so
 * after an answer it looks here for a moment, because a script that called is likely to call again.
 */
export interface Mailbox {
  /** Int32 cells; see the constants. */
  readonly control: SharedArrayBuffer;
  /** One question or one answer (see small-calls.ts), in UTF-8. */
  readonly text: SharedArrayBuffer;
}

/** Whose turn it is; see the values below. */
const TURN = 0;
/** Bytes of the text. */
const LENGTH = 1;
/** 1: the engine's thread looks at the turn without being told. */
const LOOKING = 2;
const CELLS = 3;

/** The caller's: there is an answer, or nothing was asked yet. */
const CALLER = 0;
const ENGINE = 1;
/** The caller's, and the answer comes as a message: it was too large. */
const CALLER_BY_MESSAGE = 2;

const BYTES = 128 * 1024;
/** UTF-16 units take at most so many bytes. */
const UNIT = 3;
/**
 * Looks at the turn before a thread is put to sleep, which with the waking costs 20 microseconds and
 * more: many while they help, or would have helped, few where even the most did not, as where both
 * threads share one processor.
 */
const MOST_LOOKS = 8000;
const FEWEST_LOOKS = 50;
/** A sleep that is over within so many ms was not worth it. */
const SHORT_SLEEP = 0.1;

export function mailbox(): Mailbox {
  return {
    control: new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT),
    text: new SharedArrayBuffer(BYTES),
  };
}

class Side {
  protected readonly control: Int32Array;
  readonly #text: Buffer;
  #looks = MOST_LOOKS;

  constructor({ control, text }: Mailbox) {
    this.control = new Int32Array(control);
    this.#text = Buffer.from(text);
  }

  /** Whether it fits. */
  protected write(text: string): boolean {
    if (text.length * UNIT > BYTES) return false;
    // Whoever sees that it is its turn sees this too.
    this.control[LENGTH] = this.#text.write(text, "utf8");
    return true;
  }

  protected read(): string {
    return this.#text.toString("utf8", 0, this.control[LENGTH]);
  }

  protected pass(turn: number): void {
    Atomics.store(this.control, TURN, turn);
    Atomics.notify(this.control, TURN);
  }

  /** Waits at most so many ms for the turn to be another than `turn`; gives whose it is. */
  protected waited(turn: number, ms: number): number {
    for (let i = 0; i < this.#looks; i++) {
      const now = Atomics.load(this.control, TURN);
      if (now === turn) continue;
      this.#looks = Math.min(MOST_LOOKS, this.#looks * 2);
      return now;
    }
    const asleep = performance.now();
    // A wake-up alone says nothing: it may be the late one of the turn before.
    Atomics.wait(this.control, TURN, turn, ms);
    this.#looks = looksAfterSleep(this.#looks, performance.now() - asleep);
    return Atomics.load(this.control, TURN);
  }
}

function looksAfterSleep(looks: number, ms: number): number {
  if (looks === MOST_LOOKS) return FEWEST_LOOKS;
  return ms < SHORT_SLEEP ? Math.min(MOST_LOOKS, looks * 2) : Math.max(FEWEST_LOOKS, looks >> 1);
}

/** The side of the thread that asks and blocks. */
export class MailboxCaller extends Side {
  /**
   * Asks; false when it does not fit.
   * @param wake called when the engine's thread must be told by a message
   */
  ask(question: string, wake: () => void): boolean {
    if (!this.write(question)) return false;
    this.pass(ENGINE);
    if (Atomics.load(this.control, LOOKING) === 0) wake();
    return true;
  }

  /** Waits at most so many ms for the answer; undefined: not yet, null: it comes as a message. */
  answer(ms: number): string | null | undefined {
    const turn = this.waited(ENGINE, ms);
    if (turn === ENGINE) return undefined;
    return turn === CALLER ? this.read() : null;
  }
}

/** The side of the engine's thread. */
export class MailboxEngine extends Side {
  /**
   * What is asked, within so many ms. undefined: nothing, and the next question comes with a message;
   * until then none does, so that only one may look at a time.
   */
  question(ms: number): string | undefined {
    Atomics.store(this.control, LOOKING, 1);
    if (this.#asked(ms)) return this.read();
    Atomics.store(this.control, LOOKING, 0);
    // One that came just now may have been told by nobody.
    return this.#asked(0) ? this.read() : undefined;
  }

  /** Answers; false when it does not fit and a message must bring it. */
  reply(answer: string): boolean {
    const fits = this.write(answer);
    if (fits) this.pass(CALLER);
    return fits;
  }

  /** To be called when the message with the answer was posted. */
  repliedByMessage(): void {
    this.pass(CALLER_BY_MESSAGE);
  }

  #asked(ms: number): boolean {
    const turn = Atomics.load(this.control, TURN);
    return turn === ENGINE || (ms > 0 && this.waited(turn, ms) === ENGINE);
  }
}
