import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KnownText } from "../../server/src/language/model.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import type { WorkspaceView } from "../../server/src/language/workspace-view.ts";
import { KnownUses, UsesOfOthers } from "../../server/src/service/known-uses.ts";
import { summarizeUses } from "../../server/src/workspace/index/summarize.ts";
import { UseTables } from "../../server/src/workspace/index/use-tables.ts";

const NAMESPACES = ['"a"', '"b"', '"a:" .. x', "x", '"\\u{e9}"'];
const KEYS = ['"k"', '"k:1"', '"k:" .. x', "x", '"\\u{e9}"', '"e\\u{301}"'];
const VALUES = ['"text"', "1", "{ f = 1 }", "{ 1, 2 }", "x"];

const call = fc.oneof(
  fc
    .tuple(fc.constantFrom(...NAMESPACES), fc.constantFrom(...KEYS), fc.constantFrom(...VALUES))
    .map(([namespace, key, value]) => `State.save(${namespace}, ${key}, ${value})`),
  fc
    .tuple(fc.constantFrom(...NAMESPACES), fc.constantFrom(...KEYS))
    .map(([namespace, key]) => `print(State.load(${namespace}, ${key}))`),
  fc.constantFrom(...NAMESPACES).map((namespace) => `print(State.list_keys(${namespace}))`),
);
const script = fc.array(call, { maxLength: 4 }).map((calls) => calls.join("\n"));

const EXACT: readonly KnownText[] = ["a", "b", "k", "k:1", "a:", "é", "e\u0301"].map((text) => ({
  kind: "exact",
  text,
}));
const ASKED: readonly KnownText[] = [
  ...EXACT,
  { kind: "pattern", parts: ["k:", null] },
  { kind: "pattern", parts: ["a:", null] },
  { kind: "unknown" },
];

function viewOf(tables: UseTables): WorkspaceView {
  return {
    complete: true,
    usesOf: (namespace, key, limit) => tables.usesOf(namespace, key, limit),
    usesOfNamespace: (namespace, limit) => tables.usesOfNamespace(namespace, limit),
    usesIn: (file) => tables.usesIn(file),
    namespaces: (query) => tables.namespaces(query),
    keys: (namespace, query) => tables.keys(namespace, query),
    modulesOf: () => [],
    moduleLookup: () => () => undefined,
  };
}

/** All that can be asked; saved keys without their order, in which nobody is interested. */
function told(uses: KnownUses) {
  const entries = ASKED.flatMap((namespace) =>
    ASKED.map((key) => {
      const { read, written, types } = uses.ofEntry(namespace, key);
      // Of a script that has several, the first of each type is told.
      return { namespace, key, read, written, types: types.map(({ file, type }) => file + type) };
    }),
  );
  const namespaces = EXACT.map((namespace) => {
    const { listed, saved } = uses.ofNamespace(namespace.kind === "exact" ? namespace.text : "");
    return { namespace, listed, saved: [...saved].sort() };
  });
  return { entries, namespaces };
}

/** Types that only a later script repeats are told of the earlier one alone. */
function firstTypes({ entries, namespaces }: ReturnType<typeof told>) {
  const first = (types: readonly string[]) =>
    types.filter((one, i) => types.findIndex((other) => typeIn(other) === typeIn(one)) === i);
  return {
    namespaces,
    entries: entries.map((entry) => ({ ...entry, types: first(entry.types) })),
  };
}

function typeIn(told: string): string {
  return told.replace(/^.*\.lua/, "");
}

describe("what is remembered of other scripts", () => {
  test("gives what all scripts do, however often the own one changes", () => {
    fc.assert(
      fc.property(script, script, fc.array(script, { minLength: 1 }), (before, after, own) => {
        const tables = new UseTables();
        const set = (file: string, text: string) =>
          tables.set(file, summarizeUses(file, buildScriptModel(text)).uses);
        set("a.lua", before);
        set("z.lua", after);
        const others = new UsesOfOthers("m.lua");
        for (const text of own) {
          set("m.lua", text);
          const remembered = firstTypes(told(new KnownUses(viewOf(tables), others)));
          expect(remembered).toEqual(firstTypes(told(new KnownUses(viewOf(tables)))));
        }
      }),
      { numRuns: process.env["LLMSPELL_LONG"] === undefined ? 60 : 2_000, seed: 3 },
    );
  });
});
