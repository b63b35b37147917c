/**
 * Output crosses threads through shared memory, so that nothing printed is lost when a script is
 * ended by force, and a script that prints in a loop does not flood the other thread with messages.
 */

/** What the two threads of a run share. */
export interface RunMemory {
  /** Int32 cells; see the constants. */
  readonly control: SharedArrayBuffer;
  /** The output so far, at most its whole length. */
  readonly output: SharedArrayBuffer;
  /** Changes that were made and that no message has told yet: see journal.ts. */
  readonly journal: SharedArrayBuffer;
}

/** Why the host wants the run to end; 0: it does not. */
export const STOP = 0;
/** Bytes written to `output`. */
const LENGTH = 1;
/** 1: the host has been told of new output and has not looked yet. */
const TOLD = 2;
/** State calls that read. */
export const READS = 3;
/** State calls that wrote. */
export const WRITES = 4;
const CELLS = 5;

const JOURNAL_BYTES = 64 * 1024;

export function runMemory(outputBytes: number): RunMemory {
  return {
    control: new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT),
    output: new SharedArrayBuffer(outputBytes),
    journal: new SharedArrayBuffer(JOURNAL_BYTES),
  };
}

/**
 * The script's side: takes bytes, tells the host once per look. Gives false when the limit is reached
 * (what fits has been written).
 */
export function outputWriter(memory: RunMemory, tell: () => void): (bytes: Uint8Array) => boolean {
  const control = new Int32Array(memory.control);
  const output = new Uint8Array(memory.output);
  let length = 0;
  return (bytes) => {
    const part = bytes.subarray(0, output.length - length);
    output.set(part, length);
    length += part.length;
    Atomics.store(control, LENGTH, length);
    if (Atomics.exchange(control, TOLD, 1) === 0) tell();
    return part.length === bytes.length;
  };
}

/** The host's side: each call gives what is new, as text; `last` also a character cut in the middle. */
export function outputReader(memory: RunMemory): (last?: boolean) => string {
  const control = new Int32Array(memory.control);
  const output = new Uint8Array(memory.output);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let read = 0;
  return (last = false) => {
    Atomics.store(control, TOLD, 0);
    const length = Atomics.load(control, LENGTH);
    // TextDecoder refuses shared memory: slice() copies.
    const fresh = output.slice(read, length);
    read = length;
    return decoder.decode(fresh, { stream: !last });
  };
}
