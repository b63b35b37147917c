/**
 * Long enough (ms) that another gets the processor: a low priority alone does not give it away before a
 * slice of some milliseconds is over.
 */
const PAUSE = 0.05;

const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Blocks this thread for a moment, so that another that waits for the processor gets it. */
export function shortPause(): void {
  Atomics.wait(never, 0, 0, PAUSE);
}
