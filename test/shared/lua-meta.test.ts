import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { luaMeta } from "../../scripts/lua-meta.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { STATE_API } from "../../shared/src/api.ts";

const root = join(import.meta.dirname, "../..");

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
