import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import { fullFormats } from "ajv-formats/dist/formats.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

/** The public schema of SARIF 2.1.0, as OASIS published it. */
const SCHEMA = createRequire(import.meta.url).resolve(
  "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json",
);

// It says draft 4 of JSON Schema; what it uses of it is the same in the newer ones.
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(SCHEMA, "utf8"));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, formats: fullFormats });
const validate = ajv.compile(schema);

let space: Workspace;
beforeEach(() => {
  space = new Workspace();
});
afterEach(() => space.remove());

async function sarif(): Promise<{ runs: { results: unknown[] }[] }> {
  const { out } = await space.call(["check", "--format", "sarif"]);
  return JSON.parse(out);
}

test("SARIF of scripts and configuration with all kinds of findings is valid", async () => {
  space.put(
    "a b/ü%.lua",
    'State.get("user", "name")\nState.save("user name", "tmp", {1, a = 2})\n',
  );
  space.put("broken.lua", "local = \n");
  space.put("many.lua", 'for i = 1, 3 do\n  State.save("user", "x", {\n    1, a = 2 })\nend\n');
  space.put("llmspell.toml", "[state]\npth = 1\nenabled = 'x'\n");
  const document = await sarif();
  expect(document.runs[0]?.results.length).toBeGreaterThan(5);
  expect(validate(document), ajv.errorsText(validate.errors)).toBe(true);
});

test("SARIF without findings is valid", async () => {
  const document = await sarif();
  expect(document.runs[0]?.results).toEqual([]);
  expect(validate(document), ajv.errorsText(validate.errors)).toBe(true);
});

test("the schema notices what is wrong", () => {
  expect(validate({ version: "2.1.0", runs: [{ tool: {} }] })).toBe(false);
});
