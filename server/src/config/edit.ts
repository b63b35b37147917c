import { isDeepStrictEqual } from "node:util";
import { parse, type TomlTable, type TomlValue } from "smol-toml";
import { RUNTIME_TABLE, STATE_TABLE } from "./settings.ts";
import { parseToml, type Span, type TomlDocument } from "./toml.ts";

/** Replace the text of `span` (UTF-16 offsets) by `newText`. */
export interface ConfigEdit {
  readonly span: Span;
  readonly newText: string;
}

type ParsedDocument = Extract<TomlDocument, { ok: true }>;

/**
 * The edit that gives a setting a value and changes nothing else, comments and layout included;
 * undefined where the text is no TOML, or where the setting cannot be put without changing more.
 * @param table path of the table that the setting belongs to, e.g. `["state"]`
 */
export function enableSetting(
  text: string,
  table: readonly string[],
  key: string,
  value: boolean | number | string,
): ConfigEdit | undefined {
  const mark = text.startsWith("\uFEFF") ? 1 : 0;
  const source = text.slice(mark);
  const document = parseToml(source);
  if (!document.ok) return undefined;
  const wanted = withValue(document.root, [...table, key], literalValue(value));
  if (wanted === undefined) return undefined;
  const edit = candidates(source, document, table, key, literal(value)).find((candidate) =>
    gives(source, candidate, wanted),
  );
  if (edit === undefined) return undefined;
  const { span, newText } = edit;
  return { span: { start: span.start + mark, end: span.end + mark }, newText };
}

/**
 * The edit that takes a setting away and leaves comments where they are; undefined where it is not
 * set there, or cannot go without changing more.
 * @param table path of the table that the setting belongs to
 */
export function removeSetting(
  text: string,
  table: readonly string[],
  key: string,
): ConfigEdit | undefined {
  const mark = text.startsWith("\uFEFF") ? 1 : 0;
  const source = text.slice(mark);
  const document = parseToml(source);
  const set = document.ok ? document.locate([...table, key]) : undefined;
  if (!document.ok || set === undefined) return undefined;
  const wanted = withoutValue(document.root, [...table, key]);
  const spans = removals(source, {
    start: statementStart(source, set.key.start),
    end: set.value.end,
  });
  const span = spans.find((candidate) => gives(source, { span: candidate, newText: "" }, wanted));
  return span && { span: { start: span.start + mark, end: span.end + mark }, newText: "" };
}

/** What may go with a setting, the nicest first: its line, its comma, or nothing. */
function removals(text: string, { start, end }: Span): readonly Span[] {
  const line = lineStart(text, start);
  const after = end + (/^[ \t]*(?:\r?\n|$)/.exec(text.slice(end))?.[0].length ?? 0);
  const alone = text.slice(line, start).trim() === "" && (after > end || end === text.length);
  const comma = /^[ \t]*,[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  const commaBefore = /[ \t]*,[ \t]*$/.exec(text.slice(line, start))?.[0].length ?? 0;
  const blank = /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  return [
    ...(alone ? [{ start: line, end: after }] : []),
    ...(comma > 0 ? [{ start, end: end + comma }] : []),
    ...(commaBefore > 0 ? [{ start: start - commaBefore, end }] : []),
    { start, end: end + blank },
  ];
}

/**
 * The edit that switches on what the configuration keeps from scripts, in the table that decides.
 * @param key a setting that both tables have under this name
 */
export function enableFeature(
  text: string,
  key: "backup_enabled" | "migration_enabled",
): ConfigEdit | undefined {
  const document = parseToml(text.replace(/^\uFEFF/, ""));
  if (!document.ok) return undefined;
  const inState = document.locate(STATE_TABLE) !== undefined;
  const inRuntime = document.locate(RUNTIME_TABLE) !== undefined;
  const table =
    inRuntime && !(inState && document.hasHeader(STATE_TABLE)) ? RUNTIME_TABLE : STATE_TABLE;
  const decides = document.locate([...STATE_TABLE, key]) === undefined ? table : STATE_TABLE;
  return enableSetting(text, decides, key, true);
}

/** The ways in which a setting may be put, the nicest first; not all of them fit. */
function candidates(
  text: string,
  document: ParsedDocument,
  table: readonly string[],
  key: string,
  value: string,
): readonly ConfigEdit[] {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const name = keyText(key);
  const set = document.locate([...table, key]);
  if (set !== undefined) return [{ span: set.value, newText: value }];
  const found: ConfigEdit[] = [];
  if (document.hasHeader(table)) {
    const header = document.locate(table)?.key.end ?? 0;
    const end = lineEnd(text, header);
    found.push(insert(end, `${newline}${name} = ${value}`));
  }
  // From the table itself upwards: inside braces, or beside a dotted key.
  for (let depth = table.length; depth > 0; depth--) {
    const place = document.locate(table.slice(0, depth));
    if (place === undefined) continue;
    const rest = [...table.slice(depth), key].map(keyText).join(".");
    if (text[place.value.start] === "{") {
      const empty = /^\{\s*\}/.test(text.slice(place.value.start));
      found.push(insert(place.value.start + 1, ` ${rest} = ${value}${empty ? " " : ","}`));
    }
    const start = statementStart(text, place.key.start);
    const prefix = text.slice(start, place.key.end);
    const indent = /[ \t]*$/.exec(text.slice(0, start))?.[0] ?? "";
    found.push(insert(start, `${prefix}.${rest} = ${value}${newline}${indent}`));
    found.push(insert(start, `${prefix}.${rest} = ${value}, `));
  }
  const gap = text === "" || text.endsWith("\n") ? "" : newline;
  const blank = text === "" ? "" : newline;
  const header = `[${table.map(keyText).join(".")}]`;
  found.push(insert(text.length, `${gap}${blank}${header}${newline}${name} = ${value}${newline}`));
  return found;
}

/** Where the dotted key begins that goes on to `at`. */
function statementStart(text: string, at: number): number {
  return (
    at -
    (/(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*)*$/.exec(
      text.slice(lineStart(text, at), at),
    )?.[0].length ?? 0)
  );
}

function insert(at: number, newText: string): ConfigEdit {
  return { span: { start: at, end: at }, newText };
}

/** Whether the text with the edit says what is wanted and nothing else. */
function gives(text: string, { span, newText }: ConfigEdit, wanted: TomlTable): boolean {
  try {
    const edited = text.slice(0, span.start) + newText + text.slice(span.end);
    return isDeepStrictEqual(parse(edited, { integersAsBigInt: true }), wanted);
  } catch {
    return false;
  }
}

/** A copy with one value set; undefined where something on the way is no table. */
function withValue(
  table: TomlTable,
  [first, ...rest]: readonly string[],
  value: TomlValue,
): TomlTable | undefined {
  if (first === undefined) return undefined;
  const copy: TomlTable = Object.assign(Object.create(null) as TomlTable, table);
  if (rest.length === 0) {
    if (isTable(copy[first])) return undefined;
    copy[first] = value;
    return copy;
  }
  const inner = copy[first] ?? (Object.create(null) as TomlTable);
  const changed = isTable(inner) ? withValue(inner, rest, value) : undefined;
  if (changed === undefined) return undefined;
  copy[first] = changed;
  return copy;
}

/** A copy with one value taken away; the tables around it stay. */
function withoutValue(table: TomlTable, [first = "", ...rest]: readonly string[]): TomlTable {
  const copy: TomlTable = Object.assign(Object.create(null) as TomlTable, table);
  const inner = copy[first];
  if (rest.length > 0 && isTable(inner)) copy[first] = withoutValue(inner, rest);
  else delete copy[first];
  return copy;
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === null;
}

function literal(value: boolean | number | string): string {
  // JSON leaves DEL as it is, TOML does not.
  return typeof value === "string"
    ? JSON.stringify(value).replaceAll("\u007f", "\\u007f")
    : String(value);
}

function literalValue(value: boolean | number | string): TomlValue {
  return typeof value === "number" && Number.isInteger(value) ? BigInt(value) : value;
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : literal(key);
}

function lineEnd(text: string, from: number): number {
  const found = /\r?\n/g;
  found.lastIndex = from;
  return found.exec(text)?.index ?? text.length;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}
