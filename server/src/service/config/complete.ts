import type { Span } from "../../config/toml.ts";
import type { StateConfiguration } from "../../config/types.ts";
import { describeSetting } from "./describe.ts";
import { type ConfigPlace, configPlace, pathsIn } from "./place.ts";
import { nodeAt, type SettingNode, settingsTree } from "./settings-tree.ts";

export interface ConfigCompleteOptions {
  /** The configuration file's text. */
  readonly text: string;
  /** UTF-16 */
  readonly offset: number;
  /** What it makes effective, as far as it can be used. */
  readonly configuration: StateConfiguration | undefined;
}

export interface ConfigItem {
  readonly label: string;
  readonly kind: "table" | "key" | "value";
  readonly detail: string;
  /** Markdown */
  readonly documentation: string;
  readonly insertText: string;
  readonly span: Span;
  /** Ask for completion again after inserting. */
  readonly continues?: true;
}

/** What may stand at an offset of a configuration file, as far as it is ours. */
export function completeConfig(options: ConfigCompleteOptions): readonly ConfigItem[] {
  const { text, offset } = options;
  const place = configPlace(text, offset);
  switch (place.kind) {
    case "header":
      return tables(options, place);
    case "key":
      return keys(options, place);
    case "value":
      return values(options, place);
    case "none":
      return [];
  }
}

function tables(
  { text, configuration }: ConfigCompleteOptions,
  { path, span }: Extract<ConfigPlace, { kind: "header" }>,
): readonly ConfigItem[] {
  const known = pathsIn(text);
  return tablesBelow(settingsTree(), [])
    .filter(({ at }) => path.every((name, index) => at[index] === name) && at.length > path.length)
    .filter(({ at }) => !known.has(at.join(".")) || at.at(-1) === text.slice(span.start, span.end))
    .map(({ at, node }) => ({
      label: at.join("."),
      kind: "table",
      detail: "table",
      documentation: describeSetting(node, at, configuration),
      insertText: at.slice(path.length).join("."),
      span,
    }));
}

/** The tables that settings stand in. */
function tablesBelow(
  node: SettingNode,
  path: readonly string[],
): readonly { readonly at: readonly string[]; readonly node: SettingNode }[] {
  return node.children
    .filter(({ kind, children }) => kind === undefined && children.length > 0)
    .flatMap((child) => {
      const at = [...path, child.name];
      const own = child.children.some(({ children }) => children.length === 0);
      return [...(own ? [{ at, node: child }] : []), ...tablesBelow(child, at)];
    });
}

function keys(
  { text, configuration }: ConfigCompleteOptions,
  { path, name, span, hasValue }: Extract<ConfigPlace, { kind: "key" }>,
): readonly ConfigItem[] {
  // At the root a table is begun by its header.
  if (path.length === 0) return [];
  const known = pathsIn(text);
  return (nodeAt(path)?.children ?? [])
    .filter((child) => child.name === name || !known.has([...path, child.name].join(".")))
    .map((child) => {
      const at = [...path, child.name];
      const isTable = child.children.length > 0;
      const after = hasValue ? "" : isTable ? "." : " = ";
      return {
        label: child.name,
        kind: isTable ? "table" : "key",
        detail: child.kind?.expected ?? "",
        documentation: describeSetting(child, at, configuration),
        insertText: child.name + after,
        span,
        ...(hasValue ? {} : { continues: true }),
      };
    });
}

function values(
  { configuration }: ConfigCompleteOptions,
  { path, span }: Extract<ConfigPlace, { kind: "value" }>,
): readonly ConfigItem[] {
  const node = nodeAt(path);
  const kind = node?.kind;
  if (node === undefined || kind === undefined) return [];
  const quoted = kind.schema.type === "string";
  const choices = (kind.schema.enum ?? kind.choices ?? []).map((choice) =>
    quoted ? JSON.stringify(choice) : choice,
  );
  const usual = node.fallback !== undefined && isLiteral(node.fallback) ? [node.fallback] : [];
  const offered = choices.length > 0 ? choices : usual;
  return offered.map((label) => ({
    label,
    kind: "value",
    detail: label === node.fallback ? "default" : "",
    documentation: describeSetting(node, path, configuration),
    insertText: label,
    span,
  }));
}

/** Whether a default, written for people, could stand in the file. */
function isLiteral(fallback: string): boolean {
  return /^("[^"]*"|\d+|\[\])$/.test(fallback);
}
