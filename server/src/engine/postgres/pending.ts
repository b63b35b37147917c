import { Mutex } from "../mutex.ts";

/** What changes of one namespace come to. */
interface Delta {
  keys: number;
  bytes: number;
  at: number;
}

/**
 * What an open transaction has yet to write into the rows that every change touches: the store's
 * revision and the counts of namespaces. A row that one transaction updates again and again becomes
 * slower with each time, so they are written once, at its end, or before they are read.
 */
export class Pending {
  /** Changes take their revisions one after the other. */
  readonly turns = new Mutex();
  /** The newest revision, as the transaction sees it. */
  revision: number;
  #deltas = new Map<string, Delta>();

  constructor(revision: number) {
    this.revision = revision;
  }

  /** @param at ms since 1970 */
  note(namespace: string, keys: number, bytes: number, at: number): void {
    const delta = this.#deltas.get(namespace) ?? { keys: 0, bytes: 0, at };
    delta.keys += keys;
    delta.bytes += bytes;
    delta.at = at;
    this.#deltas.set(namespace, delta);
  }

  /** All that was noted since the last time, as columns. */
  take(): readonly [names: string[], keys: number[], bytes: number[], at: number[]] {
    const deltas = [...this.#deltas];
    this.#deltas = new Map();
    return [
      deltas.map(([name]) => name),
      deltas.map(([, { keys }]) => keys),
      deltas.map(([, { bytes }]) => bytes),
      deltas.map(([, { at }]) => at),
    ];
  }

  get isEmpty(): boolean {
    return this.#deltas.size === 0;
  }
}
