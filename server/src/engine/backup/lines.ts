import { keyFault, namespaceFault } from "../../../../shared/src/names.ts";
import type { Deletion, Entry, Json } from "../types.ts";
import { arePlain, checkValue } from "../values/check.ts";

/** An entry as a backup holds it. Times are ms since 1970. */
export interface SavedEntry {
  readonly namespace: string;
  readonly key: string;
  readonly value: Json;
  /** As {@link Entry.plain}. */
  readonly plain: boolean;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly origin: string;
}

/** A key that was deleted since the parent. */
export interface SavedDeletion {
  readonly namespace: string;
  readonly key: string;
  readonly value: undefined;
  readonly revision: number;
  readonly deletedAt: number;
}

export type SavedLine = SavedEntry | SavedDeletion;

const VALUE_MARK = ',"value":';

/** One entry as a line of a data file, with its line end. The value stands last, as it is stored. */
export function printEntry(entry: SavedEntry | Entry): string {
  const head = `{"namespace":"${entry.namespace}","key":${JSON.stringify(entry.key)},"revision":${entry.revision}`;
  const tail = `,"created_at":${entry.createdAt},"updated_at":${entry.updatedAt},"origin":${JSON.stringify(entry.origin)}`;
  return `${head}${tail}${VALUE_MARK}${entry.value}}\n`;
}

/** One deletion as a line of an incremental backup's data file, with its line end. */
export function printDeletion(deletion: Deletion): string {
  return `{"namespace":"${deletion.namespace}","key":${JSON.stringify(deletion.key)},"revision":${deletion.revision},"deleted_at":${deletion.at}}\n`;
}

/**
 * The lines of a block, which ends with a line's end; of those that are not what the functions above
 * print, the first is undefined and ends the list.
 */
export function readLines(block: string): readonly (SavedLine | undefined)[] {
  return readTogether(block) ?? readSingly(block);
}

function readSingly(block: string): readonly (SavedLine | undefined)[] {
  const lines: (SavedLine | undefined)[] = [];
  for (const text of block.split("\n").slice(0, -1)) {
    const line = readLine(text);
    lines.push(line);
    if (line === undefined) break;
  }
  return lines;
}

const COUNT = "(0|[1-9][0-9]{0,14})";
const TEXT = '"([^"\\\\\\u0000-\\u001f]*)"';
/** An entry's line up to its value, where no text needs an escape: nearly always. */
const HEAD = new RegExp(
  `\\{"namespace":${TEXT},"key":${TEXT},"revision":${COUNT},"created_at":${COUNT},"updated_at":${COUNT},"origin":${TEXT}${VALUE_MARK}`,
  "y",
);

/**
 * Lines that are all entries of the usual form, at half the cost of reading them one by one;
 * undefined when one is not.
 */
function readTogether(block: string): readonly SavedLine[] | undefined {
  const entries: (Omit<SavedEntry, "plain"> & { plain: boolean })[] = [];
  let namespace = "";
  for (let start = 0; start < block.length; ) {
    HEAD.lastIndex = start;
    const head = HEAD.exec(block);
    if (head === null) return undefined;
    const [, name = "", key = "", revision, createdAt, updatedAt, origin = ""] = head;
    // Most lines are of the same namespace as the one before.
    if (name !== namespace && !isNamespace(name)) return undefined;
    namespace = name === namespace ? namespace : name;
    const end = block.indexOf("\n", HEAD.lastIndex);
    if (!isKey(key) || block[end - 1] !== "}") return undefined;
    entries.push({
      namespace,
      key,
      value: block.slice(HEAD.lastIndex, end - 1),
      plain: true,
      revision: Number(revision),
      createdAt: Number(createdAt),
      updatedAt: Number(updatedAt),
      origin,
    });
    start = end + 1;
  }
  const plain = arePlain(entries.map(({ value }) => value));
  for (const [index, entry] of entries.entries()) {
    if (plain[index] === true) continue;
    const judged = plainness(entry.value);
    if (judged === undefined) return undefined;
    entry.plain = judged;
  }
  return entries;
}

/** A line (without its end) of a data file; undefined when it is not what the functions above print. */
function readLine(line: string): SavedLine | undefined {
  // Inside a JSON string a quote has a backslash before it, so the first mark is the field's.
  const mark = line.indexOf(VALUE_MARK);
  const head = record(mark < 0 ? line : `${line.slice(0, mark)}}`);
  if (head === undefined) return undefined;
  const { namespace, key, revision } = head;
  if (typeof namespace !== "string" || !isNamespace(namespace)) return undefined;
  if (typeof key !== "string" || !isKey(key)) return undefined;
  if (!isCount(revision)) return undefined;
  if (mark < 0) {
    const deletedAt = head["deleted_at"];
    return isMoment(deletedAt)
      ? { namespace, key, value: undefined, revision, deletedAt }
      : undefined;
  }
  const { created_at: createdAt, updated_at: updatedAt, origin } = head;
  if (!isMoment(createdAt) || !isMoment(updatedAt) || typeof origin !== "string") return undefined;
  const value = line.slice(mark + VALUE_MARK.length, -1);
  const plain = plainness(value);
  if (plain === undefined || !line.endsWith("}")) return undefined;
  return { namespace, key, value, plain, revision, createdAt, updatedAt, origin };
}

/** Names of this form, nearly all, need no closer look, which would be most of the cost of a line. */
const SIMPLE_NAME = /^[A-Za-z0-9][A-Za-z0-9_:-]{0,199}$/;

function isNamespace(text: string): boolean {
  const simple = SIMPLE_NAME.test(text) && !text.includes(":");
  return simple || namespaceFault(text) === undefined;
}

/** Whether it is a key as it is stored. */
function isKey(text: string): boolean {
  return SIMPLE_NAME.test(text) || (keyFault(text) === undefined && text === text.normalize("NFC"));
}

function record(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null
      ? (parsed as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** A clock that was never set may stand before 1970. */
function isMoment(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** Whether a value is plain; undefined when the text is no value exactly as it would be stored. */
function plainness(text: string): boolean | undefined {
  try {
    const { json, plain } = checkValue(text);
    return json === text ? plain : undefined;
  } catch {
    return undefined;
  }
}
