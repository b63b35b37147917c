import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { luaMeta } from "../../scripts/lua-meta.ts";
import { parseValue } from "../../server/src/engine/values/parse.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { complete } from "../../server/src/service/completion/complete.ts";
import { hover } from "../../server/src/service/hover.ts";
import { stateMeta } from "../../server/src/service/lua-library/state-meta.ts";
import { storedTypes } from "../../server/src/service/lua-library/stored-types.ts";
import { STATE_API } from "../../shared/src/api.ts";
import { configuration } from "./support/configuration.ts";
import { fixture } from "./support/cursor.ts";
import { NOW } from "./support/view.ts";

const root = join(import.meta.dirname, "../..");

describe("the description of State for other servers", () => {
  it("media/lua/state.lua is what the catalogue says (node scripts/lua-meta.ts)", () => {
    expect(readFileSync(join(root, "media/lua/state.lua"), "utf8")).toBe(luaMeta());
  });

  it("is Lua, and declares every function with its parameters", () => {
    const { problems } = buildScriptModel(luaMeta());
    expect(problems).toEqual([]);
    for (const { name, parameters } of STATE_API) {
      const names = parameters.map((parameter) => parameter.name).join(", ");
      expect(luaMeta()).toContain(`\nfunction State.${name}(${names}) end\n`);
    }
  });

  it("has one line for each annotation", () => {
    for (const line of luaMeta().split("\n")) {
      expect(line).toMatch(/^(---?.*|State = \{\}|function State\..*\) end|)$/);
    }
  });

  it("goes with the extension", () => {
    expect(readFileSync(join(root, ".vscodeignore"), "utf8")).toContain("!media/lua/*.lua");
  });
});

/** The classes and overloads for values given as JSON, by "namespace/key". */
function typesOf(values: Readonly<Record<string, string>>) {
  const entries = Object.entries(values).map(([name, value]) => {
    const [namespace = "", key = ""] = name.split("/");
    return { namespace, key, value: parseValue(value) };
  });
  return storedTypes(entries);
}

describe("types of stored values", () => {
  it.each([
    ['"text"', "string"],
    ["1", "integer"],
    ["1.0", "number"],
    ["true", "boolean"],
    ["[]", "table"],
    ["{}", "table"],
    ["[1,2]", "integer[]"],
    ["[1,2.5]", "number[]"],
    ['[1,"a"]', "(integer|string)[]"],
    ["[[1],[2]]", "integer[][]"],
  ])("%s is %s", (value, type) => {
    expect(typesOf({ "user/k": value }).overloads.get("load")).toEqual([
      `fun(namespace: "user", key: "k"): ${type}`,
    ]);
  });

  it("are classes for objects, named after where they are, with what only some items have optional", () => {
    const value =
      '{"theme":"dark","odd-key":1,"end":2,"ui":{"x":1.5},"list":[{"id":1,"n":"a"},{"id":2}]}';
    expect(typesOf({ "user/preferences": value }).classes).toBe(
      `
---@class llmspell.stored.user.preferences.ui
---@field x number

---@class llmspell.stored.user.preferences.list.item
---@field id integer
---@field n? string

---@class llmspell.stored.user.preferences
---@field theme string
---@field ["odd-key"] integer
---@field ["end"] integer
---@field ui llmspell.stored.user.preferences.ui
---@field list llmspell.stored.user.preferences.list.item[]
`,
    );
  });

  it("have names that no two share", () => {
    const { classes } = typesOf({ "user/a:b": '{"x":1}', "user/a_b": '{"x":1}' });
    expect(classes.match(/@class \S+/g)).toEqual([
      "@class llmspell.stored.user.a_b",
      "@class llmspell.stored.user.a_b_2",
    ]);
  });

  it("are told of the helpers for agents, tools and workflows too", () => {
    const { overloads } = typesOf({ "agent:7/mood": '"calm"' });
    expect(overloads.get("agent_get")).toEqual(['fun(agent_id: "7", key: "mood"): string']);
    expect(overloads.get("load")).toEqual(['fun(namespace: "agent:7", key: "mood"): string']);
    expect(overloads.get("tool_get")).toBeUndefined();
  });

  it("say nothing of values", () => {
    const stored = typesOf({
      "auth/token": '{"api_key":"hunter22hunter","list":["secretsecret"]}',
    });
    const text = stateMeta({ origin: "o", ...stored });
    expect(text).not.toMatch(/hunter22|secretsecret/);
    expect(text).toContain("---@field api_key string");
  });

  it("stand in a file that is Lua, whatever the names", () => {
    const stored = typesOf({
      'user/it\'s "x"': '{"a\\nb":1,"]]":2,"\\\\":3}',
      'user/say "hi"': "1",
      "user/ключ": '{"é":1}',
    });
    const text = stateMeta({ origin: "o", ...stored });
    expect(buildScriptModel(text).problems).toEqual([]);
    expect(stored.overloads.get("load")).toContain(
      'fun(namespace: "user", key: \'say "hi"\'): integer',
    );
    for (const line of text.split("\n")) {
      expect(line).toMatch(/^(---?.*|State = \{\}|function State\..*\) end|)$/);
    }
  });

  it("stop at depth", () => {
    const deep = `${'{"a":'.repeat(50)}1${"}".repeat(50)}`;
    expect(typesOf({ "u/k": deep }).classes.match(/@class/g)?.length).toBeLessThan(12);
  });
});

describe("beside a server that has the description", () => {
  const beside = { leaveMembers: true, now: NOW };

  it("State's functions are offered once", async () => {
    expect((await complete({ ...fixture("State.‸"), ...beside })).items).toEqual([]);
    expect((await complete({ ...fixture("State.‸") })).items.length).toBeGreaterThan(10);
  });

  it("only what that server cannot know is said of a function", async () => {
    expect(await hover({ ...fixture("State.sa‸ve()"), ...beside })).toBeUndefined();
    const off = { configuration: configuration({ backupEnabled: false }) };
    const found = await hover({ ...fixture("State.create_‸backup()"), ...beside, ...off });
    expect(found?.markdown).toMatch(/^\*\*Switched off here: it is nil in scripts\.\*\* Set/);
  });
});
