import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { diagnose } from "../../server/src/service/diagnose.ts";
import { configuration } from "./support/configuration.ts";
import { viewOf } from "./support/view.ts";
import { workspaceOf } from "./support/workspace.ts";

const FOLDER = new URL("../fixtures/corpus/", import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".lua"));
const texts = Object.fromEntries(
  files.map((file) => [file, readFileSync(new URL(file, FOLDER), "utf8")]),
);

/**
 * What FINDINGS.md records: `## file`, below it lines such as "- 3, 7 `rule`: why it is right".
 * Gives `line rule` for each finding, by file.
 */
function recorded(): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(new URL("FINDINGS.md", FOLDER), "utf8");
  const [, ...sections] = text.split(/^## /m);
  return new Map(
    sections.map((section) => {
      const [file = "", ...rest] = section.split("\n");
      const findings = rest.flatMap((line) => {
        if (!line.startsWith("- ")) return [];
        const [, lines, rule] = /^- ([\d, ]+) `([\w-]+)`: \S.{9,}$/.exec(line) ?? [];
        if (lines === undefined) throw new Error(`${file}: no finding with a reason: ${line}`);
        return lines.split(", ").map((at) => `${at} ${rule}`);
      });
      return [file, findings];
    }),
  );
}

/** `line rule` of each finding where the whole folder is one workspace with an empty store. */
async function found(file: string, text: string): Promise<readonly string[]> {
  const all = await diagnose({
    model: buildScriptModel(text),
    configuration: configuration(),
    view: viewOf({}),
    workspace: WORKSPACE,
  });
  expect(all.filter(({ rule }) => rule === "too-many-findings")).toEqual([]);
  expect(
    all.filter(({ rule }) => rule === "syntax-error"),
    file,
  ).toEqual([]);
  return all.map(({ rule, span }) => `${text.slice(0, span.start).split("\n").length} ${rule}`);
}

const WORKSPACE = workspaceOf(texts);
const RECORDED = recorded();

describe("other people's scripts", () => {
  it("are at least sixty, and each recorded one is there", () => {
    expect(files.length).toBeGreaterThanOrEqual(60);
    expect([...RECORDED.keys()].filter((file) => !files.includes(file))).toEqual([]);
  });

  it.each(Object.entries(texts))("%s has the findings that were reviewed", async (file, text) => {
    const expected = RECORDED.get(file) ?? [];
    expect([...(await found(file, text))].sort()).toEqual([...expected].sort());
  });
});
