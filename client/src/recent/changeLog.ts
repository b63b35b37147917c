import type { Change } from "../../../shared/src/protocol.ts";

/** So many groups are kept, and so many changes of each. */
const MOST_GROUPS = 200;
const MOST_CHANGES = 100;
/** Changes by one origin within this time of each other, in ms, are one group. */
const TOGETHER_MS = 2_000;

/** Changes that one origin made in one go. */
export interface ChangeGroup {
  readonly id: string;
  readonly store: string;
  readonly origin: string;
  /** When the newest was made, ms since 1970. */
  readonly at: number;
  /** How many there were. */
  readonly count: number;
  /** The newest of them, newest first. */
  readonly changes: readonly Change[];
}

/** What happened lately in all stores, newest first and bounded: a storm is one group that counts. */
export class ChangeLog {
  #groups: readonly ChangeGroup[] = [];
  #made = 0;

  get groups(): readonly ChangeGroup[] {
    return this.#groups;
  }

  /** @param changes of one store, oldest first */
  add(store: string, changes: readonly Change[]): void {
    for (const change of changes) this.#add(store, change);
  }

  clear(): void {
    this.#groups = [];
  }

  #add(store: string, change: Change): void {
    const [newest, ...older] = this.#groups;
    if (newest !== undefined && belongs(newest, store, change)) {
      this.#groups = [joined(newest, change), ...older];
      return;
    }
    this.#made += 1;
    const { origin, at } = change;
    const group = { id: String(this.#made), store, origin, at, count: 1, changes: [change] };
    this.#groups = [group, ...this.#groups.slice(0, MOST_GROUPS - 1)];
  }
}

function belongs(group: ChangeGroup, store: string, { origin, at }: Change): boolean {
  return group.store === store && group.origin === origin && at - group.at <= TOGETHER_MS;
}

function joined(group: ChangeGroup, change: Change): ChangeGroup {
  const changes = [change, ...group.changes.slice(0, MOST_CHANGES - 1)];
  return { ...group, at: change.at, count: group.count + 1, changes };
}
