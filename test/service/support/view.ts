import type { Entry, PageQuery, StateView } from "../../../server/src/engine/types.ts";
import { jsonType } from "../../../server/src/engine/values/value.ts";

/** When every stored value of the tests was written, and when they are looked at. */
const THEN = Date.UTC(2026, 0, 1);
export const NOW = THEN + 180_000;

/** What is stored, as namespace -> key -> JSON text. */
export type Stored = Readonly<Record<string, Readonly<Record<string, string>>>>;

const bytes = (text: string) => new TextEncoder().encode(text);
const byBytes = (a: string, b: string) => Buffer.compare(bytes(a), bytes(b));

/** A state view over plain data; counts how many entries were read through it. */
export function viewOf(stored: Stored): StateView & { read: number } {
  let revision = 0;
  const entries: Entry[] = Object.keys(stored)
    .sort(byBytes)
    .flatMap((namespace) =>
      Object.entries(stored[namespace] ?? {})
        .sort(([a], [b]) => byBytes(a, b))
        .map(([key, value]) => ({
          namespace,
          key,
          value,
          plain: false,
          type: jsonType(value),
          bytes: bytes(value).length,
          revision: ++revision,
          createdAt: THEN,
          updatedAt: THEN,
          origin: "script:chat.lua",
        })),
    );
  const inNamespace = (namespace: string) => entries.filter((e) => e.namespace === namespace);
  const summary = (namespace: string) => {
    const all = inNamespace(namespace);
    if (all.length === 0) return undefined;
    const size = all.reduce((sum, entry) => sum + entry.bytes, 0);
    return { namespace, keys: all.length, bytes: size, updatedAt: THEN };
  };
  const view = {
    read: 0,
    revision: async () => revision,
    entry: async (namespace: string, key: string) =>
      entries.find((e) => e.namespace === namespace && e.key === key),
    namespaces: async () =>
      [...new Set(entries.map((e) => e.namespace))].flatMap((name) => summary(name) ?? []),
    namespace: async (name: string) => summary(name),
    page: async (namespace: string, { prefix = "", after, limit }: PageQuery) => {
      const page = inNamespace(namespace)
        .filter((e) => e.key.startsWith(prefix))
        .filter((e) => after === undefined || byBytes(e.key, after) > 0)
        .slice(0, limit);
      view.read += page.length;
      return page;
    },
  };
  return view;
}
