import { constants, setPriority } from "node:os";

const { PRIORITY_BELOW_NORMAL } = constants.priority;

/**
 * Lets whoever answers an editor go before this thread, from now on. Elsewhere than on Linux it would
 * be the whole process, so nothing happens there.
 */
export function makeWay(): void {
  if (process.platform === "linux") makeProcessWay();
}

/** The same for a process; on Linux for its first thread and those that are started later. */
export function makeProcessWay(): void {
  try {
    setPriority(0, PRIORITY_BELOW_NORMAL);
  } catch {
    // Where the system forbids it, work goes on as it is.
  }
}
