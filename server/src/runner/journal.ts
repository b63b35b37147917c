import type { ChangeDetail } from "../engine/types.ts";

/**
 * The changes that a script makes reach its host many at a time, since a message for each would cost
 * as much as the change. Those that are not told yet stand in memory that both threads share: a script
 * that is ended by force loses none.
 */
export class Journal {
  readonly #bytes: Buffer;
  readonly #length: Int32Array;
  readonly #tell: (changes: readonly ChangeDetail[]) => void;
  #untold: ChangeDetail[] = [];
  #end = HEAD;

  constructor(memory: SharedArrayBuffer, tell: (changes: readonly ChangeDetail[]) => void) {
    this.#bytes = Buffer.from(memory);
    this.#length = new Int32Array(memory, 0, 1);
    this.#tell = tell;
  }

  add(change: ChangeDetail): void {
    const line = `${JSON.stringify(change)}\n`;
    const most = line.length * BYTES_OF_UNIT;
    if (this.#end + most > this.#bytes.length) this.#flush();
    if (this.#end + most > this.#bytes.length) {
      this.#tell([change]);
      return;
    }
    this.#untold.push(change);
    this.#end += this.#bytes.write(line, this.#end, "utf8");
    Atomics.store(this.#length, 0, this.#end - HEAD);
  }

  /** A thread that is ended here has told them twice, which changes nothing. */
  #flush(): void {
    if (this.#untold.length > 0) this.#tell(this.#untold);
    this.#untold = [];
    this.#end = HEAD;
    Atomics.store(this.#length, 0, 0);
  }
}

/** Bytes of the length, in front. */
const HEAD = Int32Array.BYTES_PER_ELEMENT;
/** UTF-16 units take at most so many bytes. */
const BYTES_OF_UNIT = 3;

/** The host's side, when the script's thread has ended: what no message has told. */
export function readJournal(memory: SharedArrayBuffer): readonly ChangeDetail[] {
  const length = Atomics.load(new Int32Array(memory, 0, 1), 0);
  const text = Buffer.from(memory).toString("utf8", HEAD, HEAD + length);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ChangeDetail);
}
