import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, describe, expect, it, vi } from "vitest";
import { buildScriptModel } from "../../../server/src/language/script-model.ts";
import { RULES } from "../../../server/src/service/rules/registry.ts";
import type { DiagnoseOptions, Diagnostic } from "../../../server/src/service/types.ts";
import { configuration } from "../support/configuration.ts";
import { marked, marks } from "../support/cursor.ts";
import { negations } from "../support/mutants.ts";
import type { RuleSetting } from "../support/rule.ts";
import { viewOf } from "../support/view.ts";

/** One script of a rule's tables: what must be found stands in ⟦ ⟧, and in a look-alike nothing. */
interface Case {
  readonly script: string;
  readonly reports: boolean;
  readonly setting: RuleSetting;
}

const cases = vi.hoisted(() => new Map<string, Case[]>());

vi.mock("../support/rule.ts", async (original) => {
  const collect =
    (reports: boolean) =>
    (rule: string, scripts: readonly string[], setting: RuleSetting = {}) => {
      const all = scripts.map((script) => ({ script, reports, setting }));
      cases.set(rule, [...(cases.get(rule) ?? []), ...all]);
    };
  const own: object = await original();
  return { ...own, reports: collect(true), passes: collect(false) };
});

/** Enough to collect the tables: what the files test besides is run by themselves. */
const nothing = Object.assign(() => undefined, { each: () => () => undefined });
vi.doMock("vitest", async (original) => ({
  ...(await original<object>()),
  afterAll: nothing,
  beforeAll: nothing,
  describe: nothing,
  it: nothing,
}));
const here = import.meta.dirname;
for (const file of readdirSync(here)) {
  if (file.endsWith(".test.ts") && file !== "mutation.test.ts") await import(`./${file}`);
}

/**
 * Conditions that choose words or make a fix, and not whether anything is found: messages and fixes
 * have tests of their own.
 */
const WORDS_AND_FIXES: Readonly<Record<string, readonly string[]>> = {
  "argument-count": ["least === most", "args.length === 1"],
  "argument-type": ['given === "nil"'],
  "disabled-member": ["known === undefined", "known?.gate === undefined"],
  "flat-table": ["written === expression"],
  "split-record": ["names.length === saves.length"],
  "type-change": ["/^[ao]/.test(kind)"],
  "unchecked-load": [
    "use === undefined",
    'key?.kind === "exact"',
    "value === undefined",
    "tried",
    "bare",
  ],
  "unguarded-list-keys": [
    'use.via === "direct" && !use.method',
    'statement.kind === "ExpressionStatement" && statement.expression === expression',
    "statement",
  ],
  "unknown-key": ['use.via === "direct"'],
  "unknown-member": [
    "name.length > 80",
    "meant === undefined",
    'member === undefined || use.via !== "direct" || asWritten !== use.member',
    'use.kind !== "call" || use.args.length === member.parameters.length',
  ],
  "unserializable-value": [
    "!simple || namespace === undefined || key === undefined || value === undefined",
    'text.slice(use.memberSpan.start, use.memberSpan.end) !== "save"',
  ],
  "unused-suppression": ["meant === undefined", "rules.length === 1"],
  "version-compare": [`!new RegExp(\`function $${"{"}NAME}\\\\b\`).test(text)`],
};

/** Functions that only make a fix or a message. */
const FIXES: ReadonlySet<string> = new Set([
  "contentOf",
  "correction",
  "loadOf",
  "merge",
  "nest",
  "removalOf",
  "sharedPart",
  "tooMany",
]);

/** Every how many-th condition is negated. */
const STRIDE = process.env["LLMSPELL_LONG"] === undefined ? 3 : 1;

const SERVICE = join(here, "../../../server/src/service");
const folder = mkdtempSync(join(tmpdir(), "mutants-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Diagnose = (options: DiagnoseOptions) => Promise<readonly Diagnostic[]>;

/** `diagnose` as it is with another source of one rule. */
async function diagnoseWith(rule: string, source: string, number: number): Promise<Diagnose> {
  const outfile = join(folder, `${rule}-${number}.mjs`);
  await build({
    entryPoints: [join(SERVICE, "diagnose.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "silent",
    plugins: [
      {
        name: "mutant",
        setup: ({ onLoad }) => {
          onLoad({ filter: new RegExp(`/rules/${rule}\\.ts$`) }, () => ({
            contents: source,
            loader: "ts",
          }));
        },
      },
    ],
  });
  const { diagnose }: { diagnose: Diagnose } = await import(
    /* @vite-ignore */ pathToFileURL(outfile).href
  );
  return diagnose;
}

/** Whether the rule finds in a script exactly what it must. */
async function holds(diagnose: Diagnose, rule: string, { script, reports, setting }: Case) {
  const text = reports ? marks(script).text : script;
  const found = await diagnose({
    model: buildScriptModel(text),
    view: viewOf(setting.stored ?? {}),
    configuration: configuration(),
    ruleSettings: { [rule]: "warning" },
    ...setting.options,
  });
  const own = found.filter((one) => one.rule === rule).map(({ span }) => span);
  return marked(text, own) === script;
}

/** Whether any case of the rule's tables fails; an error that it raises counts. */
async function isNoticed(diagnose: Diagnose, rule: string): Promise<boolean> {
  for (const one of cases.get(rule) ?? []) {
    if (!(await holds(diagnose, rule, one).catch(() => false))) return true;
  }
  return false;
}

describe.each(RULES.map(({ code }) => [code]))("%s", (rule) => {
  it("has at least twelve scripts to report and twelve look-alikes", () => {
    const all = cases.get(rule) ?? [];
    expect(all.filter(({ reports }) => reports).length).toBeGreaterThanOrEqual(12);
    expect(all.filter(({ reports }) => !reports).length).toBeGreaterThanOrEqual(12);
  });

  it("is noticed when any of its conditions is negated", async () => {
    const source = readFileSync(join(SERVICE, "rules", `${rule}.ts`), "utf8");
    expect(await isNoticed(await diagnoseWith(rule, source, 0), rule), "as it is").toBe(false);
    const survivors: string[] = [];
    const words = new Set(WORDS_AND_FIXES[rule]);
    const mutants = negations(source).filter(
      ({ condition, within }) => !words.has(condition) && !FIXES.has(within),
    );
    for (const [index, mutant] of mutants.entries()) {
      if (index % STRIDE !== 0) continue;
      const diagnose = await diagnoseWith(rule, mutant.text, index + 1);
      if (!(await isNoticed(diagnose, rule)))
        survivors.push(`${mutant.line}: not (${mutant.condition})`);
    }
    expect(survivors).toEqual([]);
  }, 60_000);
});
