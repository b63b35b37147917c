import type { NamespaceSummary } from "../../../shared/src/protocol.ts";
import type { Entry } from "../engine/types.ts";
import { printLua } from "../engine/values/lua.ts";
import { valueType } from "../engine/values/value.ts";
import { count, formatAge, formatBytes } from "./format.ts";
import type { StoredPart } from "./loaded.ts";
import { type Bounds, bounded, codeBlock, codeSpan } from "./markdown.ts";
import { luaText } from "./present-entry.ts";

/** As much of a value as a hover shows. */
const VALUE_BOUNDS: Bounds = { lines: 30, characters: 4_000 };

/** `namespace` / `key` as a heading of a hover. */
export function entryTitle(namespace: string, key: string): string {
  return `${codeSpan(namespace)} / ${codeSpan(key)}`;
}

/**
 * An entry for people: its value as Lua (masked, bounded), type, size, revision, age and who wrote
 * it. `now` in ms since 1970. Markdown; nothing in the value can act.
 */
export function describeEntry(entry: Entry, now: number): string {
  const { text, masked } = luaText(entry);
  const { text: shown, more } = bounded(text, VALUE_BOUNDS);
  const facts = [
    entry.type,
    formatBytes(entry.bytes),
    `revision ${entry.revision}`,
    `${formatAge(entry.updatedAt, now)} by ${codeSpan(entry.origin)}`,
  ];
  return [
    entryTitle(entry.namespace, entry.key),
    codeBlock("lua", shown),
    ...(more === undefined ? [] : [`… ${more}`]),
    ...(masked ? ["Sensitive parts are masked."] : []),
    facts.join(" · "),
  ].join("\n\n");
}

/** A part of a stored entry, as {@link describeEntry} shows a whole one. */
export function describePart({ entry, path, value, masked }: StoredPart, now: number): string {
  if (path.length === 0) return describeEntry(entry, now);
  const { text, more } = bounded(printLua(value), VALUE_BOUNDS);
  const facts = [
    valueType(value),
    `revision ${entry.revision}`,
    `${formatAge(entry.updatedAt, now)} by ${codeSpan(entry.origin)}`,
  ];
  return [
    `${entryTitle(entry.namespace, entry.key)}, field ${codeSpan(path.join("."))}`,
    codeBlock("lua", text),
    ...(more === undefined ? [] : [`… ${more}`]),
    ...(masked ? ["Sensitive parts are masked."] : []),
    facts.join(" · "),
  ].join("\n\n");
}

/** What a namespace holds: how many keys, how large, how old the newest change is. Markdown. */
export function describeNamespace(summary: NamespaceSummary, now: number): string {
  const facts = [
    count(summary.keys, "key"),
    formatBytes(summary.bytes),
    `newest change ${formatAge(summary.updatedAt, now)}`,
  ];
  return `Namespace ${codeSpan(summary.namespace)}\n\n${facts.join(" · ")}`;
}
