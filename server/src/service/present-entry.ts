import type { ChangePreview, EntrySummary, ReadResult } from "../../../shared/src/protocol.ts";
import { shortPair } from "../../../shared/src/short-pair.ts";
import type { ChangeDetail, Entry, Json } from "../engine/types.ts";
import { printLua } from "../engine/values/lua.ts";
import { parseStart, parseValue } from "../engine/values/parse.ts";
import { previewValue } from "../engine/values/preview.ts";
import { printIndented } from "../engine/values/print.ts";
import { jsonType } from "../engine/values/value.ts";
import { formatBytes } from "./format.ts";
import { maskValue } from "./sensitive/mask.ts";

/** Characters of JSON beyond which a value is not read for one line about it. */
export const READ_FOR_PREVIEW = 50_000;
/** Of longer values so much is read: more than any secret takes that one could see the beginning of. */
const BEGINNING = 4_000;
/** How a page of entries is read for one line about each. */
export const FOR_PREVIEW = { maxValueBytes: READ_FOR_PREVIEW, beginning: BEGINNING } as const;
/** Characters of one line about a value. */
const PREVIEW = 80;
/** Characters of JSON that one line is made of: more than it shows, because masks can be shorter. */
const READ_AHEAD = 500;

type Valued = Pick<Entry, "namespace" | "key" | "value">;

/**
 * One short line of an entry's value as JSON, masked; of a long one its size before it, of one that was
 * not read only its type and size. The value may be cut.
 */
export function previewLine({ namespace, key, value, ...head }: Valued & Partial<Entry>): string {
  if (value === "") return `${head.type} of ${formatBytes(head.bytes ?? 0)}`;
  if ((head.bytes ?? value.length) <= READ_FOR_PREVIEW)
    return startLine({ namespace, key, value }, false);
  const start = value.slice(0, BEGINNING);
  const size = formatBytes(head.bytes ?? bytesOf(value));
  return `${size}: ${startLine({ namespace, key, value: start }, true)}`;
}

function startLine({ namespace, key, value }: Valued, cut: boolean): string {
  const start = parseStart(value, READ_AHEAD, cut);
  const line = previewValue(maskValue(namespace, key, start.value).value, PREVIEW);
  return start.whole || line.endsWith("…") ? line : `${line}…`;
}

/** An entry's value as Lua source, masked; `masked`: something was replaced. */
export function luaText({ namespace, key, value }: Valued): {
  readonly text: string;
  readonly masked: boolean;
} {
  const shown = maskValue(namespace, key, parseValue(value));
  return { text: printLua(shown.value), masked: shown.masked };
}

/** An entry as a list shows it. */
export function entrySummary(entry: Entry): EntrySummary {
  const { key, type, bytes, revision, updatedAt } = entry;
  return { key, type, bytes, revision, updatedAt, preview: previewLine(entry) };
}

interface ShowOptions {
  /** Mask nothing: the user asked for it. */
  readonly reveal: boolean;
  readonly format?: "json" | "lua";
}

/** A value as indented JSON or as Lua source; masked unless the user asked to reveal it. */
export function readableValue(
  { namespace, key, value }: Valued,
  { reveal, format = "json" }: ShowOptions,
): { readonly text: string; readonly masked: boolean } {
  const parsed = parseValue(value);
  const shown = reveal ? { value: parsed, masked: false } : maskValue(namespace, key, parsed);
  const text = format === "lua" ? printLua(shown.value) : printIndented(shown.value);
  return { text, masked: shown.masked };
}

/** An entry with its value as {@link readableValue} gives it. */
export function readEntry(entry: Entry, options: ShowOptions): ReadResult {
  const { key, type, bytes, revision, createdAt, updatedAt, origin } = entry;
  const { text, masked } = readableValue(entry, options);
  return {
    key,
    value: text,
    masked,
    type,
    bytes,
    revision,
    createdAt,
    updatedAt,
    origin,
  };
}

/** A change with one masked line for each side, in which one sees what differs. */
export function changePreview({
  op,
  namespace,
  key,
  before,
  after,
}: Pick<ChangeDetail, "op" | "namespace" | "key" | "before" | "after">): ChangePreview {
  const line = (value: Json) => previewLine({ namespace, key, value });
  if (before !== undefined && after !== undefined) {
    const whole = (value: Json) => wholeLine({ namespace, key, value });
    const [was, is] = shortPair(whole(before), whole(after), PREVIEW);
    return { op, namespace, key, before: was, after: is };
  }
  return {
    op,
    namespace,
    key,
    ...(before === undefined ? {} : { before: line(before) }),
    ...(after === undefined ? {} : { after: line(after) }),
  };
}

/** All of a value in one line, masked; of a very long one only its type and size. */
function wholeLine({ namespace, key, value }: Valued): string {
  if (value.length > READ_FOR_PREVIEW) return typeAndSize(value);
  return previewValue(maskValue(namespace, key, parseValue(value)).value, Infinity);
}

function typeAndSize(value: Json): string {
  return `${jsonType(value)} of ${formatBytes(bytesOf(value))}`;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
