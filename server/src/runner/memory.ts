import { getHeapStatistics } from "node:v8";
import type { ResourceLimits } from "node:worker_threads";

/** Between two looks at the memory in use, in ms. */
const INTERVAL = 10;
/** Dead strings that are not held against the script, in MB. */
const DEAD_MB = 128;
export const MIB = 1024 * 1024;

/** For the thread's start: room for the runtime itself beside the script's values. */
export function threadLimits(memoryMb: number): ResourceLimits {
  return {
    maxOldGenerationSizeMb: memoryMb + 64,
    maxYoungGenerationSizeMb: 64,
    stackSizeMb: 8,
  };
}

/** For the script's own thread: to be called often; calls `onFull` when the limit is reached. */
export function memoryWatch(memoryMb: number, onFull: () => never): () => void {
  let nextLook = 0;
  return () => {
    const now = performance.now();
    if (now < nextLook) return;
    // Close to its limit the heap has just been collected: what is in use is really in use. Long
    // strings lie outside of it, and V8 lets about 90 MB of dead ones pile up.
    const { used_heap_size, heap_size_limit, external_memory } = getHeapStatistics();
    const heapIsFull = used_heap_size > 0.9 * heap_size_limit;
    if (heapIsFull || external_memory > (memoryMb + DEAD_MB) * MIB) onFull();
    nextLook = performance.now() + INTERVAL;
  };
}
