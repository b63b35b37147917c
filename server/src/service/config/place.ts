import { type TomlLine, tomlLines } from "../../config/lines.ts";
import type { Span } from "../../config/toml.ts";

/** What stands at an offset of a configuration file. */
export type ConfigPlace =
  /** A part of a table's header: `path` is what stands before it. */
  | {
      readonly kind: "header";
      readonly path: readonly string[];
      readonly name: string;
      readonly span: Span;
    }
  /** A part of a key; `path` begins at the root. */
  | {
      readonly kind: "key";
      readonly path: readonly string[];
      readonly name: string;
      readonly span: Span;
      /** `=` follows. */
      readonly hasValue: boolean;
    }
  | { readonly kind: "value"; readonly path: readonly string[]; readonly span: Span }
  | { readonly kind: "none" };

const NONE: ConfigPlace = { kind: "none" };

/** The place at a UTF-16 offset; works on text that is just being typed. */
export function configPlace(text: string, offset: number): ConfigPlace {
  const line = tomlLines(text).findLast(({ start }) => start <= offset);
  if (line === undefined || offset > line.end || offset > line.comment) return NONE;
  if (offset === line.comment && line.comment < line.end) return NONE;
  const { value, keys } = line;
  if (value !== undefined && offset >= value.start) {
    // Inside of a text or list over several lines there is nothing to choose.
    if (text.slice(value.start, offset).includes("\n")) return NONE;
    const span = offset <= value.end ? value : { start: offset, end: offset };
    if (offset > value.end && value.end > value.start) return NONE;
    return { kind: "value", path: pathOf(line, keys.length), span };
  }
  if (line.kind === "other") {
    return {
      kind: "key",
      path: line.table,
      name: "",
      span: { start: offset, end: offset },
      hasValue: false,
    };
  }
  const index = keys.findIndex((key) => key.start <= offset && offset <= key.end);
  const key = keys[index];
  if (key === undefined) return NONE;
  const found = { path: pathOf(line, index), name: key.name, span: key };
  if (line.kind === "header") return { kind: "header", ...found };
  return { kind: "key", ...found, hasValue: value !== undefined };
}

/** The whole path of the first `count` parts of a line's key. */
function pathOf({ kind, table, keys }: TomlLine, count: number): readonly string[] {
  const names = keys.slice(0, count).map(({ name }) => name);
  return kind === "header" ? names : [...table, ...names];
}

/** The paths that a text sets, and those of its headers. */
export function pathsIn(text: string): ReadonlySet<string> {
  const paths = tomlLines(text).map((line) => pathOf(line, line.keys.length).join("."));
  return new Set(paths);
}
