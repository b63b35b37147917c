import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { diagnose } from "../../server/src/service/diagnose.ts";
import { configuration } from "./support/configuration.ts";

const FOLDER = new URL("../fixtures/guide/", import.meta.url);

/** What the guide calls "Bad" or "Avoid", and the rule that each is about, by line. */
const AVOIDED: Readonly<Record<string, readonly string[]>> = {
  "09-best-practices-namespace-organization.lua": [
    "8 vague-key",
    "8 vague-namespace",
    "9 vague-key",
  ],
  "10-best-practices-key-naming-conventions.lua": [
    "7 vague-key",
    "8 vague-key",
    "8 vague-namespace",
  ],
  "11-best-practices-data-structure-design.lua": ["9 flat-table"],
  "12-best-practices-atomic-operations.lua": ["16 split-record"],
  "18-performance-considerations-batch-operations.lua": ["10 split-record"],
  "25-security-considerations-sensitive-data-handling.lua": ["2 plaintext-secret"],
};

/** The one place where the guide's patterns do what it does not mean to. */
const COMPARED = "17-common-patterns-migration-patterns.lua 11 version-compare";

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".lua"));

async function found(file: string) {
  const text = readFileSync(new URL(file, FOLDER), "utf8");
  const all = await diagnose({ model: buildScriptModel(text), configuration: configuration() });
  return all.map(({ rule, severity, span }) => ({
    rule,
    severity,
    line: text.slice(0, span.start).split("\n").length,
    text: text.slice(span.start, span.end),
  }));
}

it("holds all of the guide's Lua blocks", () => expect(files).toHaveLength(27));

describe("what the guide says to avoid", () => {
  it.each(Object.entries(AVOIDED))("%s", async (file, expected) => {
    const lines = (await found(file)).map(({ rule, line }) => `${line} ${rule}`);
    expect(lines.sort()).toEqual(expected);
  });
});

describe("what the guide recommends", () => {
  it.each(files.filter((file) => !(file in AVOIDED)))("%s", async (file) => {
    const grave = (await found(file))
      .filter(({ severity }) => severity === "error" || severity === "warning")
      .map(({ rule, line }) => `${file} ${line} ${rule}`);
    expect(grave).toEqual(file.startsWith("17-") ? [COMPARED] : []);
  });
});
