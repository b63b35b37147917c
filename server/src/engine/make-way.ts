import { setPriority } from "node:os";

const NICE = 10;

/**
 * Lets whoever answers an editor go before this thread, from now on. Elsewhere than on Linux it would
 * be the whole process, so nothing happens there.
 */
export function makeWay(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(0, NICE);
  } catch {
    // Where the system forbids it, work goes on as it is.
  }
}
