import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rulesIndex } from "../../scripts/rules-index.ts";
import { RULES } from "../../server/src/service/rules/registry.ts";
import { configuration } from "./support/configuration.ts";
import { findings, type RuleSetting } from "./support/rule.ts";
import { workspaceOf } from "./support/workspace.ts";

const DOCS = new URL("../../docs/rules/", import.meta.url);
const page = (name: string) => readFileSync(new URL(name, DOCS), "utf8");

const SETTING: RuleSetting = {
  stored: { user: { theme: '"dark"' } },
  options: {
    configuration: configuration({ backupEnabled: false, migrationEnabled: false }),
    workspace: workspaceOf({}),
  },
};

/** The Lua block under a heading of a page. */
function example(text: string, heading: string): string {
  const [, block] =
    new RegExp(`^## ${heading}\\n+\`\`\`lua\\n([\\s\\S]*?)\`\`\``, "m").exec(text) ?? [];
  if (block === undefined) throw new Error(`no Lua block under ${heading}`);
  return block;
}

it("the index is what the rules say of themselves (node scripts/rules-index.ts)", () => {
  expect(page("README.md")).toBe(rulesIndex());
});

it("every page is linked from the index, and the other way round", () => {
  const linked = [...rulesIndex().matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name);
  const pages = readdirSync(DOCS).filter((name) => name !== "README.md");
  expect(linked.sort()).toEqual(pages.sort());
});

describe.each(RULES.map((rule) => [rule.code, rule] as const))("%s", (code, rule) => {
  const text = page(`${code}.md`);

  it("has a page that states its severity, how to set it, and when to silence it", () => {
    expect(text).toContain(`# ${code}\n`);
    expect(text).toContain(`default severity: ${rule.defaultSeverity}\n`);
    expect(text).toMatch(new RegExp(`\\[state\\.rules\\]\\n(?:.*\\n)*?${code} = "`));
    expect(text).toContain("## When to silence it");
  });

  it("has examples that are wrong and right", async () => {
    const wrong = await findings(code, example(text, "Wrong"), SETTING);
    expect(wrong.length).toBeGreaterThan(0);
    const right = await findings(code, example(text, "Right"), SETTING);
    expect(right.map(({ message }) => message)).toEqual([]);
  });
});
