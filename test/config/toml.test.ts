// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration replaces.
import fc from "fast-check";
import { parse, stringify, type TomlTable, type TomlValue } from "smol-toml";
import { expect, test } from "vitest";
import { parseConfiguration } from "../../server/src/config/parse.ts";
import { parseToml, type TomlPath } from "../../server/src/config/toml.ts";

const runs = process.env["LLMSPELL_LONG"] === undefined ? 300 : 20_000;

/** TOML as people write it, with every way to write keys, strings, lists and tables. */
const CORPUS: readonly string[] = [
  'a = 1\nb.c = "x"\n"q.r"."s\\u0041" = \'l\'\n',
  '[state]\nenabled = true # yes\npath = "./state" # "no\n\n[providers.openai]\napi_key = "${OPENAI_API_KEY}"\n',
  "[ a . b . 'c d' ]\nx = [ 1, 2, # three\n 3, ]\ny = [[1], ['a', \"]\"], [{ z = 1 }]]\n",
  'm = """\none "two" three\\\n  four """""\nn = \'\'\'it\'s \'\'\'\'\'\nlast = 0\n',
  "t = { a = { b = [ { c = 1 }, { c = 2 } ] }, 'd e' = 1979-05-27 07:32:00Z }\n",
  "t = {\n a = 1, # comment }\n b = 2,\n}\nu = +inf\nv = 0xff\n",
  "[[products]]\nname = 'a'\n[[products]]\nname = 'b'\n[products.size]\nw = 1\n",
  'a = \'\\\'\nb = "\\\\"\nc = "\\""\r\nd = 07:32:00\r\n',
  "[runtime.state_persistence]\nbackup.max_backups = 3\n[runtime.state_persistence.x]\n",
  "3.14159 = 'pi'\n'' = 1\n",
  "a=1#c\n#d\n[b]#e\nc=[]\nd={}",
];

/** Every path of a value outside arrays of tables, with the value. */
function* leaves(value: TomlValue, path: TomlPath = []): Generator<[TomlPath, TomlValue]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leaves(item, [...path, index]);
  } else if (typeof value === "object" && Object.getPrototypeOf(value) === null) {
    for (const [key, item] of Object.entries(value as TomlTable))
      yield* leaves(item, [...path, key]);
    return;
  }
  if (path.length > 0) yield [path, value];
}

/** What stands where a value is said to be must parse to that value, and its key to its name. */
function checkPlaces(text: string): void {
  const document = parseToml(text);
  if (!document.ok) throw new Error(`${document.message} in ${text}`);
  const tablesInLists = /^\s*\[\[/m.test(text);
  for (const [path, value] of leaves(document.root)) {
    const place = document.locate(path);
    if (place === undefined || tablesInLists) continue;
    const written = text.slice(place.value.start, place.value.end);
    expect(parse(`v = ${written}`, { integersAsBigInt: true })["v"], written).toEqual(value);
    const name = path.at(-1);
    if (typeof name !== "string") continue;
    const key = text.slice(place.key.start, place.key.end);
    expect(Object.keys(parse(`${key} = 1`))).toEqual([name]);
  }
  if (!tablesInLists) {
    const missing = [...leaves(document.root)].filter(([path]) => !document.locate(path));
    expect(missing).toEqual([]);
  }
}

test.each(CORPUS)("places agree with the parser: %j", checkPlaces);

const name = fc.oneof(fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/), fc.string({ unit: "grapheme" }));
const tree = fc.letrec<{ value: unknown; table: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: "grapheme" }),
    fc.integer(),
    fc.boolean(),
    fc.double({ noNaN: true }),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("table"),
  ),
  table: fc.dictionary(name, tie("value"), { maxKeys: 5, noNullPrototype: true }),
}));

test("places agree with the parser on generated documents", () => {
  fc.assert(
    fc.property(tree.table, (table) => {
      checkPlaces(stringify(table));
    }),
    { numRuns: runs, seed: 20_261_122 },
  );
});

test("no text makes parsing throw, and every range lies within the text", () => {
  const seeds = [...CORPUS, "[state]\npath = '${X}'\nrules = { vague-key = 'off' }\n"];
  const edit = fc.record({
    at: fc.nat(200),
    remove: fc.nat(6),
    insert: fc.oneof(
      fc.constantFrom("[", "]", '"', "'", '"""', "=", ".", "\n", "{", "}", "#", "${", ",", "\\"),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
  });
  fc.assert(
    fc.property(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 6 }), (seed, edits) => {
      let text = seed;
      for (const { at, remove, insert } of edits) {
        text = text.slice(0, at) + insert + text.slice(at + remove);
      }
      const { problems, configuration } = parseConfiguration(text, "/w/llmspell.toml", {
        workspaceFolder: "/w",
        environment: {},
        trusted: false,
      });
      const lines = text.replace(/^\uFEFF/, "").split("\n");
      for (const { range } of problems) {
        for (const { line, character } of [range.start, range.end]) {
          expect(line).toBeLessThan(lines.length);
          expect(character).toBeLessThanOrEqual(lines[line]?.length ?? -1);
        }
      }
      const harmless = problems.every(({ rule }) => rule === "config-unknown-key");
      expect(configuration !== undefined).toBe(harmless);
    }),
    { numRuns: runs, seed: 20_261_122 },
  );
});
