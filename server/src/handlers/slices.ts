/** Work that goes on longer than this, in ms, lets others have the thread for a moment. */
const SLICE = 3;
/** Turns of the event loop in which a message is read, then an edit is taken in, then a question answered. */
const TURNS = 3;

/** What long work was about is another thing now: its end would help nobody. */
export class Outdated extends Error {}

/**
 * A pause for long work to make now and then: it is over at once as long as the work has not gone on
 * for long, else when requests that came meanwhile have been answered.
 * @param current false: the pause ends the work by throwing {@link Outdated}
 */
export function slices(current: () => boolean = () => true): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < SLICE) return;
    for (let turn = 0; turn < TURNS; turn++) {
      await new Promise((resume) => setImmediate(resume));
    }
    if (!current()) throw new Outdated();
    began = performance.now();
  };
}
