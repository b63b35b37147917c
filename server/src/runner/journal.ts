import type { ChangeDetail, Json } from "../engine/types.ts";

/**
 * The changes that a script makes reach its host many at a time, since a message for each would cost
 * as much as the change. Those that are not told yet stand in memory that both threads share: a script
 * that is ended by force loses none. A change is a line of JSON, as the engine gave it.
 */
export class Journal {
  readonly #bytes: Buffer;
  readonly #length: Int32Array;
  readonly #tell: (lines: string) => void;
  #end = HEAD;

  /** @param tell takes lines for {@link changesIn} */
  constructor(memory: SharedArrayBuffer, tell: (lines: string) => void) {
    this.#bytes = Buffer.from(memory);
    this.#length = new Int32Array(memory, 0, 1);
    this.#tell = tell;
  }

  /** @param change a ChangeDetail */
  add(change: Json): void {
    const line = `${change}\n`;
    const most = line.length * BYTES_OF_UNIT;
    if (this.#end + most > this.#bytes.length) this.#flush();
    if (this.#end + most > this.#bytes.length) {
      this.#tell(line);
      return;
    }
    this.#end += this.#bytes.write(line, this.#end, "utf8");
    Atomics.store(this.#length, 0, this.#end - HEAD);
  }

  /** A thread that is ended here has told them twice, which changes nothing. */
  #flush(): void {
    if (this.#end > HEAD) this.#tell(this.#bytes.toString("utf8", HEAD, this.#end));
    this.#end = HEAD;
    Atomics.store(this.#length, 0, 0);
  }
}

/** Bytes of the length, in front. */
const HEAD = Int32Array.BYTES_PER_ELEMENT;
/** UTF-16 units take at most so many bytes. */
const BYTES_OF_UNIT = 3;

/** The host's side: the changes of lines that were told. */
export function changesIn(lines: string): readonly ChangeDetail[] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ChangeDetail);
}

/** The host's side, when the script's thread has ended: what no message has told. */
export function readJournal(memory: SharedArrayBuffer): readonly ChangeDetail[] {
  const length = Atomics.load(new Int32Array(memory, 0, 1), 0);
  return changesIn(Buffer.from(memory).toString("utf8", HEAD, HEAD + length));
}
