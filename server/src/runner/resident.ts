const INTERVAL_MS = 25;
/** What the process may grow beside a script's values: dead strings that wait for collection. */
const SLACK_MB = 384;
const MIB = 1024 * 1024;

/**
 * Long strings live off the heap that a worker's resourceLimits bound, and one call can make many of
 * them before the script's thread looks itself: this watches the process from outside, until the
 * function that it gives is called.
 */
export function watchResident(limitMb: number, onFull: () => void): () => void {
  const atStart = process.memoryUsage.rss();
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() - atStart > (limitMb + SLACK_MB) * MIB) onFull();
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}
