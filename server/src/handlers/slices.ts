/** Work that goes on longer than this, in ms, lets others have the thread for a moment. */
const SLICE = 8;

/**
 * A pause for long work to make now and then: it is over at once as long as the work has not gone on
 * for long, else when requests that came meanwhile have been answered.
 */
export function slices(): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < SLICE) return;
    await new Promise((resume) => setImmediate(resume));
    began = performance.now();
  };
}
