import type { DatabaseSync } from "node:sqlite";
import { compareNamed, type Named } from "../backup/order.ts";
import type { Entry } from "../types.ts";
import { prepareRow, type RowQuery } from "./driver.ts";
import { intactEntry } from "./entry.ts";
import { corruptStore } from "./faults.ts";

type Row = readonly [
  namespace: string,
  key: string,
  revision: number,
  createdAt: number,
  updatedAt: number,
  origin: string,
  plain: number,
  crc: number,
  /** Null: it is a large one, which stands elsewhere. */
  value: string | null,
];

const COLUMNS =
  "namespace, key, revision, created_at, updated_at, origin, plain, crc, value FROM entries";
/** Rows that are asked for at once: much faster than one at a time, and done within half a millisecond. */
const PAGE = 200;
/** A batch ends with the value that brings it to so many characters. */
const BATCH_CHARACTERS = 1 << 20;

/**
 * All entries, or those of some namespaces, ascending by namespace and key bytes, in batches: what one
 * transaction sees. @throws StateError `corrupt-store`; else what SQLite throws
 * @param file for messages
 * @param namespaces ascending, each once
 */
export function* streamEntries(
  database: DatabaseSync,
  file: string,
  namespaces: readonly string[] | undefined,
): Generator<readonly Entry[]> {
  const large = prepareRow<[string]>(database, "SELECT value FROM large_values WHERE revision = ?");
  const toEntry = (row: Row) => entryOf(row, large, file);
  if (namespaces === undefined) {
    const after = `SELECT ${COLUMNS} WHERE (namespace, key) > (?, ?) ORDER BY namespace, key LIMIT ${PAGE}`;
    yield* inBatches(pages(prepareRow<Row>(database, after), "", file), toEntry);
    return;
  }
  const after = `SELECT ${COLUMNS} WHERE namespace = ? AND key > ? ORDER BY key LIMIT ${PAGE}`;
  const query = prepareRow<Row>(database, after);
  for (const namespace of namespaces) yield* inBatches(pages(query, namespace, file), toEntry);
}

function* pages(query: RowQuery<Row>, namespace: string, file: string): Generator<readonly Row[]> {
  let last: Named = { namespace, key: "" };
  for (;;) {
    const rows = query.all(last.namespace, last.key);
    const end = rows.at(-1);
    if (end === undefined) return;
    const next = { namespace: end[0], key: end[1] };
    // A damaged tree could lead in a circle.
    if (compareNamed(next, last) <= 0) throw corruptStore(file, "its entries are not in order");
    last = next;
    yield rows;
    if (rows.length < PAGE) return;
  }
}

function* inBatches(
  pages: Iterable<readonly Row[]>,
  toEntry: (row: Row) => Entry,
): Generator<readonly Entry[]> {
  for (const rows of pages) {
    let batch: Entry[] = [];
    let characters = 0;
    for (const row of rows) {
      const entry = toEntry(row);
      batch.push(entry);
      characters += entry.value.length;
      if (characters < BATCH_CHARACTERS) continue;
      yield batch;
      batch = [];
      characters = 0;
    }
    if (batch.length > 0) yield batch;
  }
}

function entryOf(row: Row, large: RowQuery<[string]>, file: string): Entry {
  const [namespace, key, revision, createdAt, updatedAt, origin, plain, crc, inline] = row;
  const value = inline ?? large.get(revision)?.[0];
  const entry = intactEntry(
    namespace,
    key,
    revision,
    createdAt,
    updatedAt,
    origin,
    plain,
    crc,
    value,
  );
  if (entry !== undefined) return entry;
  throw corruptStore(file, `the value of ${namespace}/${key} is not what was written`);
}
