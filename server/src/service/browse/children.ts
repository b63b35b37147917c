import type { KeyChild, KeyChildren } from "../../../../shared/src/protocol.ts";
import type { Entry, StateView } from "../../engine/types.ts";
import { entrySummary, FOR_PREVIEW } from "../present-entry.ts";

/** Keys of a group are counted up to here. */
const MOST_COUNTED = 100;
/** Entries that are read at once. */
const BATCH = 64;
/** A key is at most 255 bytes, so none that begins with a prefix comes after the prefix and this. */
const PAST_ALL = "\u{10ffff}".repeat(63);

export interface ChildrenQuery {
  readonly namespace: string;
  /** Ends with `:`, or is empty: the whole namespace. */
  readonly prefix: string;
  /** Only what comes after this key. */
  readonly after?: string | undefined;
  /** Only what comes up to this key. */
  readonly until?: string | undefined;
  readonly limit: number;
}

/**
 * What lies directly under a prefix: entries, and groups of keys that share the next segment at `:`.
 * A group of one key is that entry, and groups that hold nothing but one group are one (as folders
 * with one folder in them are). Takes time in proportion to `limit`, not to how much lies under it.
 * @param pause is waited for now and then; what it throws ends the work
 */
export async function keyChildren(
  view: StateView,
  { namespace, prefix, after, until, limit }: ChildrenQuery,
  pause: () => Promise<void>,
): Promise<KeyChildren> {
  const children: KeyChild[] = [];
  let last = after;
  for (;;) {
    const page = await view.page(namespace, {
      prefix,
      limit: BATCH,
      ...FOR_PREVIEW,
      ...(last === undefined ? {} : { after: last }),
    });
    const reached = last;
    for (const entry of page) {
      if (until !== undefined && isAfter(entry.key, until)) return { children };
      if (children.length >= limit) return { children, next: last ?? "" };
      const group = groupOf(prefix, entry.key);
      const child = group === undefined ? undefined : await groupAt(view, namespace, group);
      children.push(child ?? { kind: "entry", ...entrySummary(entry) });
      // Past the whole group, however many keys it has: the next page never shows it again.
      last = group === undefined ? entry.key : group + PAST_ALL;
      // What else was read may lie in the group: it is read anew after it.
      if (child !== undefined) break;
    }
    if (last === reached || (page.length < BATCH && last === page.at(-1)?.key)) return { children };
    await pause();
  }
}

/** Whether a key comes after another in the order of UTF-8 bytes. */
function isAfter(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}

/** The group that a key is in below `prefix`, with its `:`. */
function groupOf(prefix: string, key: string): string | undefined {
  const end = key.indexOf(":", prefix.length);
  return end === -1 ? undefined : key.slice(0, end + 1);
}

/** The group of a prefix, as deep as all its keys go together; undefined when it has one key. */
async function groupAt(
  view: StateView,
  namespace: string,
  group: string,
): Promise<Extract<KeyChild, { kind: "group" }> | undefined> {
  const heads = await view.page(namespace, {
    prefix: group,
    limit: MOST_COUNTED + 1,
    maxValueBytes: 0,
  });
  const [first] = heads;
  if (first === undefined || heads.length === 1) return undefined;
  let prefix = group;
  for (;;) {
    const deeper = groupOf(prefix, first.key);
    if (deeper === undefined || !(await holdsAll(view, namespace, prefix, deeper, heads))) break;
    prefix = deeper;
  }
  const updatedAt = heads.reduce((newest, entry) => Math.max(newest, entry.updatedAt), 0);
  const keys = Math.min(heads.length, MOST_COUNTED);
  return heads.length > MOST_COUNTED
    ? { kind: "group", prefix, keys, more: true }
    : { kind: "group", prefix, keys, updatedAt };
}

/** Whether all keys under `prefix` are under `deeper`; `heads` are the first ones. */
async function holdsAll(
  view: StateView,
  namespace: string,
  prefix: string,
  deeper: string,
  heads: readonly Entry[],
): Promise<boolean> {
  if (!heads.every(({ key }) => key.startsWith(deeper))) return false;
  if (heads.length <= MOST_COUNTED) return true;
  const query = { prefix, after: deeper + PAST_ALL, limit: 1, maxValueBytes: 0 };
  return (await view.page(namespace, query)).length === 0;
}
