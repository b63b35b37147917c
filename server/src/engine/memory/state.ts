import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { Change, NamespaceSummary } from "../../../../shared/src/protocol.ts";
import { checkRevision, checkSize } from "../refusals.ts";
import {
  type ChangeDetail,
  type ChangesSince,
  type DeleteOptions,
  type Deletion,
  type Entry,
  type HistoryItem,
  type Json,
  LARGEST_BEGUN,
  type Origin,
  type PageQuery,
  type PastEntry,
  type SaveOptions,
  type SchemaChange,
} from "../types.ts";
import { undoTarget } from "../undo.ts";
import { type CheckedValue, checkValue } from "../values/check.ts";
import { keepEmptyArrays } from "../values/empty-arrays.ts";
import { jsonType } from "../values/value.ts";
import { SortedTexts } from "./sorted.ts";

/** Changes that the log keeps. */
const LOG_LENGTH = 10_000;
/** Changes of the schema version that are remembered. */
const SCHEMA_HISTORY = 100;

interface Held {
  readonly entry: Entry;
  readonly undoneTo: number | undefined;
}

interface Space {
  readonly keys: SortedTexts;
  readonly entries: Map<string, Held>;
  bytes: number;
  updatedAt: number;
}

type SavedItem = HistoryItem & { readonly value: Json };

interface Limits {
  readonly historyLimit: number;
  readonly maxValueBytes: number;
}

/** All that a memory store holds; every method is one step. It may be copied, for a transaction. */
export class MemoryState {
  #schemaVersion: string;
  #schemaHistory: readonly SchemaChange[] = [];
  #revision: number;
  readonly #limits: Limits;
  #names = new SortedTexts();
  #spaces = new Map<string, Space>();
  /** Newest first, by namespace and key; what is present is not in it. */
  #past = new Map<string, readonly HistoryItem[]>();
  #deletions = new Map<string, Deletion>();
  #log: Change[] = [];

  /** @param revision the newest one before the first change */
  constructor(limits: Limits, schemaVersion: string, revision = 0) {
    this.#revision = revision;
    this.#limits = limits;
    this.#schemaVersion = schemaVersion;
  }

  /** One that changes without changing this one. */
  copy(): MemoryState {
    const copy = new MemoryState(this.#limits, this.#schemaVersion);
    copy.#schemaHistory = this.#schemaHistory;
    copy.#revision = this.#revision;
    copy.#names = this.#names.copy();
    copy.#spaces = new Map(Array.from(this.#spaces, ([name, space]) => [name, copySpace(space)]));
    copy.#past = new Map(this.#past);
    copy.#deletions = new Map(this.#deletions);
    copy.#log = [...this.#log];
    return copy;
  }

  get revision(): number {
    return this.#revision;
  }

  get schemaVersion(): string {
    return this.#schemaVersion;
  }

  /** As {@link Store.schemaHistory}. */
  get schemaHistory(): readonly SchemaChange[] {
    return this.#schemaHistory;
  }

  setSchemaVersion(origin: Origin, version: string): void {
    if (this.#schemaVersion === version) return;
    const change = { from: this.#schemaVersion, to: version, at: Date.now(), origin };
    this.#schemaHistory = [change, ...this.#schemaHistory].slice(0, SCHEMA_HISTORY);
    this.#schemaVersion = version;
  }

  entry(namespace: string, key: string): Entry | undefined {
    return this.#held(namespace, key)?.entry;
  }

  namespaces(): NamespaceSummary[] {
    return this.#names.all().flatMap((name) => this.namespace(name) ?? []);
  }

  namespace(name: string): NamespaceSummary | undefined {
    const space = this.#spaces.get(name);
    if (space === undefined) return undefined;
    const { bytes, updatedAt, entries } = space;
    return { namespace: name, keys: entries.size, bytes, updatedAt };
  }

  page(
    namespace: string,
    {
      prefix = "",
      after,
      limit,
      maxValueBytes = Number.POSITIVE_INFINITY,
      beginning = 0,
    }: PageQuery,
  ): Entry[] {
    const space = this.#spaces.get(namespace);
    if (space === undefined) return [];
    const keys = space.keys.page(prefix.normalize("NFC"), after, limit);
    const found = keys.flatMap((key) => space.entries.get(key)?.entry ?? []);
    return found.map((entry) =>
      entry.bytes <= maxValueBytes
        ? entry
        : { ...entry, value: beginningOf(entry, beginning), plain: false },
    );
  }

  keys(namespace: string): readonly string[] {
    return this.#spaces.get(namespace)?.keys.all() ?? [];
  }

  /** All entries ascending by namespace and key. */
  *entries(): Generator<Entry> {
    for (const name of this.#names.all()) {
      for (const key of this.keys(name)) {
        const entry = this.entry(name, key);
        if (entry !== undefined) yield entry;
      }
    }
  }

  deletionsSince(revision: number): readonly Deletion[] {
    return [...this.#deletions.values()].filter((deletion) => deletion.revision > revision);
  }

  changesSince(revision: number, limit: number): ChangesSince {
    const oldest = this.#log[0]?.revision ?? 1;
    if (revision > this.#revision || revision < oldest - 1) {
      return { gap: true, revision: this.#revision };
    }
    const start = revision - oldest + 1;
    return { gap: false, changes: this.#log.slice(start, start + limit) };
  }

  history(namespace: string, key: string): readonly HistoryItem[] {
    const held = this.#held(namespace, key);
    const past = this.#pastOf(namespace, key);
    return held === undefined ? past : [itemOf(held.entry), ...past];
  }

  save(
    origin: Origin,
    givenNamespace: string,
    givenKey: string,
    value: Json,
    options: SaveOptions = {},
  ): ChangeDetail {
    const namespace = checkNamespace(givenNamespace);
    const key = checkKey(givenKey);
    let checked = checkValue(value);
    const present = this.entry(namespace, key);
    checkRevision(options.ifRevision, present?.revision ?? 0, namespace, key);
    if (options.keepEmptyArrays === true && present !== undefined) {
      checked = { ...checked, json: keepEmptyArrays(checked.json, present.value) };
    }
    checkSize(checked.json, this.#limits.maxValueBytes, namespace, key);
    return this.#write(origin, namespace, key, checked, {});
  }

  /**
   * Takes in what another store holds of a key, as it is: the entry, if there is one, and what was
   * before it, newest first. Makes no change.
   */
  takeIn(
    namespace: string,
    key: string,
    entry: Entry | undefined,
    past: readonly HistoryItem[],
  ): void {
    if (past.length > 0) this.#past.set(nameOf(namespace, key), past);
    if (entry === undefined) return;
    const space = this.#spaceOf(namespace);
    space.entries.set(key, { entry, undoneTo: undefined });
    space.keys.add(key);
    space.bytes += entry.bytes;
    space.updatedAt = Math.max(space.updatedAt, entry.updatedAt);
  }

  undo(
    origin: Origin,
    givenNamespace: string,
    givenKey: string,
    to: number | undefined,
  ): ChangeDetail {
    const namespace = checkNamespace(givenNamespace);
    const key = checkKey(givenKey);
    const held = this.#held(namespace, key);
    const from = held && (held.undoneTo ?? held.entry.revision);
    const past = this.#pastOf(namespace, key).filter(isSave);
    const target = undoTarget(namespace, key, past, from, to);
    const undoneTo = target.revision;
    return this.#write(origin, namespace, key, checkValue(target.value), { undoneTo });
  }

  put(origin: Origin, entry: PastEntry): Change {
    const namespace = checkNamespace(entry.namespace);
    const key = checkKey(entry.key);
    const { createdAt, updatedAt } = entry;
    const checked = checkValue(entry.value);
    const change = this.#write(origin, namespace, key, checked, { createdAt, updatedAt });
    return { op: "save", namespace, key, revision: change.revision, at: change.at, origin };
  }

  delete(
    origin: Origin,
    givenNamespace: string,
    givenKey: string,
    options: DeleteOptions = {},
  ): ChangeDetail | undefined {
    const namespace = checkNamespace(givenNamespace);
    const key = checkKey(givenKey);
    const present = this.entry(namespace, key);
    checkRevision(options.ifRevision, present?.revision ?? 0, namespace, key);
    const space = this.#spaces.get(namespace);
    if (options.forget === true) this.#past.delete(nameOf(namespace, key));
    if (present === undefined || space === undefined) return undefined;
    const change = this.#note({ op: "delete", namespace, key, at: Date.now(), origin });
    const { revision, at } = change;
    if (options.forget !== true) {
      const deletion: HistoryItem = { op: "delete", revision, at, origin };
      this.#keep(namespace, key, [deletion, itemOf(present)]);
    }
    space.entries.delete(key);
    space.keys.remove(key);
    space.bytes -= present.bytes;
    space.updatedAt = at;
    if (space.entries.size === 0) {
      this.#spaces.delete(namespace);
      this.#names.remove(namespace);
    }
    this.#deletions.set(nameOf(namespace, key), { namespace, key, revision, at });
    return { ...change, before: present.value };
  }

  #write(
    origin: Origin,
    namespace: string,
    key: string,
    { json: value, plain }: CheckedValue,
    past: { createdAt?: number; updatedAt?: number; undoneTo?: number },
  ): ChangeDetail {
    const before = this.entry(namespace, key);
    const change = this.#note({ op: "save", namespace, key, at: Date.now(), origin });
    const { revision, at } = change;
    if (before !== undefined) this.#keep(namespace, key, [itemOf(before)]);
    const createdAt = past.createdAt ?? before?.createdAt ?? at;
    const updatedAt = past.updatedAt ?? at;
    const bytes = Buffer.byteLength(value);
    const type = jsonType(value);
    const entry: Entry = {
      ...{ namespace, key, type, bytes, revision, createdAt, updatedAt, origin, value, plain },
    };
    const space = this.#spaceOf(namespace);
    space.entries.set(key, { entry, undoneTo: past.undoneTo });
    if (before === undefined) space.keys.add(key);
    space.bytes += bytes - (before?.bytes ?? 0);
    space.updatedAt = at;
    this.#deletions.delete(nameOf(namespace, key));
    const detail: ChangeDetail = { ...change, after: value };
    return before === undefined ? detail : { ...detail, before: before.value };
  }

  #spaceOf(namespace: string): Space {
    let space = this.#spaces.get(namespace);
    if (space === undefined) {
      space = { keys: new SortedTexts(), entries: new Map(), bytes: 0, updatedAt: 0 };
      this.#spaces.set(namespace, space);
      this.#names.add(namespace);
    }
    return space;
  }

  #held(namespace: string, key: string): Held | undefined {
    return this.#spaces.get(namespace)?.entries.get(key);
  }

  #pastOf(namespace: string, key: string): readonly HistoryItem[] {
    return this.#past.get(nameOf(namespace, key)) ?? [];
  }

  #note(change: Omit<Change, "revision">): Change {
    const noted: Change = { ...change, revision: ++this.#revision };
    this.#log.push(noted);
    // Cut in large pieces: one by one would move the whole log each time.
    if (this.#log.length >= 2 * LOG_LENGTH) this.#log = this.#log.slice(-LOG_LENGTH);
    return noted;
  }

  /** Puts items in front of a key's past and cuts it to the limit of values. */
  #keep(namespace: string, key: string, items: readonly HistoryItem[]): void {
    const kept: HistoryItem[] = [];
    let values = 0;
    // A deletion stands in front of the value that it ended, and goes with it.
    for (const item of [...items, ...this.#pastOf(namespace, key)]) {
      if (values >= this.#limits.historyLimit) break;
      if (item.op === "save") values++;
      kept.push(item);
    }
    this.#past.set(nameOf(namespace, key), kept);
  }
}

function beginningOf({ value, bytes }: Entry, characters: number): Json {
  // Half a pair is no character.
  return bytes > LARGEST_BEGUN ? "" : value.slice(0, characters).replace(/[\ud800-\udbff]$/, "");
}

function copySpace(space: Space): Space {
  const { keys, entries, bytes, updatedAt } = space;
  return { keys: keys.copy(), entries: new Map(entries), bytes, updatedAt };
}

function itemOf({ revision, updatedAt, origin, value }: Entry): HistoryItem {
  return { op: "save", revision, at: updatedAt, origin, value };
}

function isSave(item: HistoryItem): item is SavedItem {
  return item.op === "save";
}

function nameOf(namespace: string, key: string): string {
  return `${namespace}\0${key}`;
}
