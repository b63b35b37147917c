import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printIndented, printValue } from "../../server/src/engine/values/print.ts";
import { knownForm } from "../../server/src/service/value-form/known-form.ts";
import { locate } from "../../server/src/service/value-form/located-json.ts";
import { mismatches } from "../../server/src/service/value-form/mismatches.ts";
import { schemaText } from "../../server/src/service/value-form/schema.ts";
import { anyValue } from "../engine/arbitraries.ts";
import { type Stored, viewOf } from "./support/view.ts";
import { workspaceOf } from "./support/workspace.ts";

interface Known {
  readonly stored?: Stored;
  readonly scripts?: Readonly<Record<string, string>>;
}

const form = (namespace: string, key: string, { stored = {}, scripts = {} }: Known) =>
  knownForm({ namespace, key, view: viewOf(stored), workspace: workspaceOf(scripts) });

interface Schema {
  markdownDescription: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  examples?: unknown[];
  defaultSnippets?: { label: string; body: string }[];
}

async function schemaOf(namespace: string, key: string, known: Known): Promise<Schema> {
  const script = (file: string, line: number) => `file:///w/${file}#L${line + 1}`;
  return JSON.parse(schemaText(await form(namespace, key, known), { script }));
}

async function told(namespace: string, key: string, known: Known, text: string) {
  const found = mismatches(text, await form(namespace, key, known));
  return found.map(({ span, message }) => `${text.slice(span.start, span.end)}: ${message}`);
}

const SAVES = {
  "chat.lua": `local id = ...
State.save("user", "profile:" .. id, { name = "Ada", age = 36, tags = { "a" }, address = { city = "Rome" } })`,
};
const PROFILES: Stored = {
  user: {
    "profile:1": '{"name":"Ada","theme":"dark","beta":true}',
    "profile:2": '{"name":"Grace","theme":"light"}',
    "profile:3": '{"name":"Edsger"}',
    preferences: '{"font":"mono"}',
  },
};

describe("the schema of a value", () => {
  it("has the fields that scripts save there, with the places as links", async () => {
    const { properties = {} } = await schemaOf("user", "profile:7", { scripts: SAVES });
    expect(Object.keys(properties).sort()).toEqual(["address", "age", "name", "tags"]);
    expect(properties["age"]?.markdownDescription).toBe(
      "`age`: integer\n\nSaved in 1 place: [`chat.lua:2`](file:///w/chat.lua#L2)",
    );
    expect(Object.keys(properties["address"]?.properties ?? {})).toEqual(["city"]);
  });

  it("has the fields of stored entries of the same pattern, in how many of them, and what is there", async () => {
    const { properties = {} } = await schemaOf("user", "profile:3", { stored: PROFILES });
    expect(Object.keys(properties)).toEqual(["name", "theme", "beta"]);
    expect(properties["theme"]).toMatchObject({
      markdownDescription: "`theme`: string\n\nIn 2 of 2 other values of `profile:*`",
      examples: ["dark", "light"],
    });
    expect(properties["beta"]).toMatchObject({ examples: [true, false] });
    expect(properties).not.toHaveProperty("font");
  });

  it("takes the pattern from scripts where they compute the key", async () => {
    const scripts = { "a.lua": 'State.save("day", os.date() .. "/total", { hits = 1 })' };
    const stored = { day: { "1/total": '{"hits":3,"misses":0}', "1/log": '{"lines":[]}' } };
    const { properties = {} } = await schemaOf("day", "2/total", { stored, scripts });
    expect(Object.keys(properties)).toEqual(["hits", "misses"]);
    expect(properties["misses"]?.markdownDescription).toContain("`*/total`");
  });

  it("looks at no other entries where scripts name the key", async () => {
    const scripts = { "a.lua": 'State.save("user", "profile:me", { mine = 1 })' };
    const { properties = {} } = await schemaOf("user", "profile:me", { stored: PROFILES, scripts });
    expect(Object.keys(properties)).toEqual(["mine"]);
  });

  it("has what a namespace's keys hold where scripts compute them wholly", async () => {
    const scripts = { "a.lua": 'State.save("cache", ..., { value = 1, expires = 2 })' };
    const stored = { cache: { x: '{"value":"v"}' } };
    const { properties = {} } = await schemaOf("cache", "y", { stored, scripts });
    expect(Object.keys(properties)).toEqual(["value", "expires"]);
    expect(properties["value"]?.markdownDescription).toContain("integer, string");
  });

  it("describes items, and what is inserted for each kind", async () => {
    const stored = { shop: { "cart:1": '{"lines":[{"sku":"a","n":2}],"note":"x"}' } };
    const { properties = {} } = await schemaOf("shop", "cart:2", { stored });
    expect(Object.keys(properties["lines"]?.items?.properties ?? {})).toEqual(["sku", "n"]);
    expect(properties["lines"]?.defaultSnippets).toEqual([{ label: "[]", body: "^[$1]" }]);
    expect(properties["note"]?.defaultSnippets).toEqual([{ label: '""', body: "$1" }]);
  });

  it("demands nothing: it has no keyword that a value could break", async () => {
    const text = JSON.stringify(
      await schemaOf("user", "profile:3", { stored: PROFILES, scripts: SAVES }),
    );
    const keywords =
      /"(type|required|enum|const|additionalProperties|pattern|maximum|not|oneOf|anyOf)":/;
    expect(text).not.toMatch(keywords);
  });

  it("has nothing of what is sensitive but its name and kind", async () => {
    const stored = {
      user: {
        "login:1":
          '{"password":"hunter2-of-one","pin_secret":123456,"note":"ghp_0123456789abcdefghijklmnopqrstuvwxyz"}',
        "login:2": '{"password":"hunter2-of-two"}',
      },
      auth: { "token:1": '"abc-secret-1"', "token:2": '["abc-secret-2"]' },
    };
    const login = await schemaOf("user", "login:2", { stored });
    expect(Object.keys(login.properties ?? {}).sort()).toEqual(["note", "password", "pin_secret"]);
    expect(login.properties?.["password"]?.markdownDescription).toContain("string");
    const text = JSON.stringify([login, await schemaOf("auth", "token:3", { stored })]);
    expect(text).not.toMatch(/hunter2|123456|ghp_|abc-secret/);
  });

  it("has names and examples that cannot act", async () => {
    const name = "[x](command:evil) ![i](http://e.vil/) <script> `";
    const stored = { user: { "p:1": JSON.stringify({ [name]: name }), "p:2": "{}" } };
    const { properties = {} } = await schemaOf("user", "p:2", { stored });
    expect(properties[name]?.markdownDescription).toContain(`\`\` ${name} \`\`: string`);
    const odd = { user: { "p:1": '{"__proto__":{"a":1}}' } };
    const { properties: fields = {} } = await schemaOf("user", "p:2", { stored: odd });
    expect(Object.keys(fields)).toEqual(["__proto__"]);
  });

  it("stays small however large the entries are", async () => {
    const wide = (n: number) =>
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`f${n}_${i}`, { a: 1, b: 2 }])),
      );
    const keys = Array.from({ length: 30 }, (_, n) => [`k:${n}`, wide(n)]);
    const stored = { wide: Object.fromEntries(keys) };
    const text = schemaText(await form("wide", "k:0", { stored }));
    expect(Object.keys(JSON.parse(text).properties)).toHaveLength(200);
    expect(text.length).toBeLessThan(400_000);
  });
});

describe("what stands out in an edited value", () => {
  it.each([
    ['{"age":"36"}', ['"36": "age" is a string here, and a number where chat.lua:2 saves it.']],
    ['{"age":36.5}', []],
    [
      '{"name":"x","address":{"city":4}}',
      ['4: "city" is a number here, and a string where chat.lua:2 saves it.'],
    ],
    [
      '{"address":[]}',
      ['[]: "address" is an array here, and an object where chat.lua:2 saves it.'],
    ],
    ['{"nmae":"x"}', ['"nmae": "nmae" is in no other value and saved by no script; "name" is.']],
    ['{"nmae":"x","name":"y"}', []],
    ['{"hobby":"x"}', []],
    ['"Ada"', ['"Ada": The value is a string here, and an object where chat.lua:2 saves it.']],
    ['{"age":', []],
    ["{}", []],
  ])("%s where a script saves a profile", async (text, expected) => {
    expect(await told("user", "profile:7", { scripts: SAVES }, text)).toEqual(expected);
  });

  it("goes by other values where there are at least two, and by what is stored", async () => {
    const two = { n: { "k:1": "[1]", "k:2": "[2,3]" } };
    expect(await told("n", "k:3", { stored: two }, '["a"]')).toEqual([
      '"a": This item is a string here, and a number in 2 other values of k:*.',
    ]);
    expect(await told("n", "k:3", { stored: { n: { "k:1": "[1]" } } }, '["a"]')).toEqual([]);
    expect(await told("n", "x", { stored: { n: { x: '{"on":true}' } } }, '{"on":1}')).toEqual([
      '1: "on" is a number here, and a boolean in what is stored.',
    ]);
  });

  it("says nothing where values differ already, or the value is masked", async () => {
    const mixed = { n: { "k:1": "1", "k:2": '"a"', "k:3": '"b"' } };
    expect(await told("n", "k:4", { stored: mixed }, "7")).toEqual([]);
    expect(await told("n", "k:4", { stored: mixed }, "true")).toEqual([
      "true: The value is a boolean here, and a number or a string elsewhere.",
    ]);
    const secret = { n: { x: '{"api_key":123456789}' } };
    expect(await told("n", "x", { stored: secret }, '{"api_key":"••••"}')).toEqual([]);
  });
});

it("leaves very long values alone, and says no more than fifty things of others", async () => {
  const stored = { n: { "k:1": "[1]", "k:2": "[2]" } };
  const texts = (count: number) => JSON.stringify(Array.from({ length: count }, () => "text"));
  expect(await told("n", "k:3", { stored }, texts(1_000))).toHaveLength(50);
  expect(await told("n", "k:3", { stored }, texts(30_000))).toEqual([]);
});

it("finds every part of any value's text", () => {
  fc.assert(
    fc.property(anyValue, fc.boolean(), (value, indented) => {
      const text = indented ? printIndented(value) : printValue(value);
      const check = (located: ReturnType<typeof locate>, json: unknown): void => {
        const { start, end } = located;
        expect(JSON.parse(text.slice(start, end))).toEqual(json);
        for (const [i, item] of located.items.entries()) check(item, (json as unknown[])[i]);
        for (const { name, nameSpan, value: part } of located.fields) {
          expect(JSON.parse(text.slice(nameSpan.start, nameSpan.end))).toBe(name);
          check(part, Object.getOwnPropertyDescriptor(json, name)?.value);
        }
      };
      check(locate(text), JSON.parse(text));
    }),
    { numRuns: process.env["LLMSPELL_LONG"] ? 5_000 : 100, seed: 8 },
  );
});
