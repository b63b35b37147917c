import { describe, expect, it } from "vitest";
import { buildScriptModel } from "../../../server/src/language/script-model.ts";
import { diagnose } from "../../../server/src/service/diagnose.ts";
import type { DiagnoseOptions, Diagnostic, Fix } from "../../../server/src/service/types.ts";
import { configuration } from "./configuration.ts";
import { marked, marks } from "./cursor.ts";
import { type Stored, viewOf } from "./view.ts";

export interface RuleSetting {
  readonly stored?: Stored;
  readonly options?: Partial<Omit<DiagnoseOptions, "model">>;
}

/** What all rules say of a script, and one of them whatever its default severity. */
async function all(
  text: string,
  rule: string,
  { stored = {}, options = {} }: RuleSetting = {},
): Promise<readonly Diagnostic[]> {
  return await diagnose({
    model: buildScriptModel(text),
    view: viewOf(stored),
    configuration: configuration(),
    ruleSettings: { [rule]: "warning" },
    ...options,
  });
}

/** What one rule says of a script, whatever its default severity. */
export async function findings(
  rule: string,
  text: string,
  setting?: RuleSetting,
): Promise<readonly Diagnostic[]> {
  return (await all(text, rule, setting)).filter((diagnostic) => diagnostic.rule === rule);
}

/** The script with a fix applied. */
function applied(text: string, { changes }: Fix): string {
  return changes
    .toReversed()
    .reduce(
      (done, { span, newText }) => done.slice(0, span.start) + newText + done.slice(span.end),
      text,
    );
}

/** Every fix, applied, leaves Lua, takes its finding away, and adds none of any rule. */
async function fixesHold(rule: string, text: string, setting?: RuleSetting): Promise<void> {
  if (buildScriptModel(text).problems.length > 0) return;
  const before = await all(text, rule, setting);
  for (const found of before.filter((one) => one.rule === rule)) {
    for (const fix of found.fixes.filter(({ setting, rename }) => !setting && !rename)) {
      const result = applied(text, fix);
      expect(buildScriptModel(result).problems, `${fix.title}: ${result}`).toEqual([]);
      const after = await all(result, rule, setting);
      for (const code of new Set(after.map((one) => one.rule))) {
        const count = (list: readonly Diagnostic[]) =>
          list.filter((one) => one.rule === code).length;
        const most = count(before) - (code === rule ? 1 : 0);
        expect(count(after), `${code} after "${fix.title}": ${result}`).toBeLessThanOrEqual(most);
      }
    }
  }
}

/** Scripts in which the rule must report exactly what stands in ⟦ ⟧, and whose fixes must hold. */
export function reports(rule: string, scripts: readonly string[], setting?: RuleSetting): void {
  describe(`${rule} reports`, () => {
    it.each(scripts.map((script) => [script]))("%s", async (script) => {
      const { text, spans } = marks(script);
      expect(spans.length, "a script that must report has marks").toBeGreaterThan(0);
      const found = await findings(rule, text, setting);
      expect(
        marked(
          text,
          found.map(({ span }) => span),
        ),
      ).toBe(script);
      await fixesHold(rule, text, setting);
    });
  });
}

/** Scripts that look like it and are fine. */
export function passes(rule: string, scripts: readonly string[], setting?: RuleSetting): void {
  describe(`${rule} says nothing of`, () => {
    it.each(scripts.map((script) => [script]))("%s", async (script) => {
      const found = await findings(rule, script, setting);
      expect(
        marked(
          script,
          found.map(({ span }) => span),
        ),
      ).toBe(script);
    });
  });
}

/** The script after the rule's fix with this title was applied to its first finding. */
export async function fixed(
  rule: string,
  text: string,
  title: string | RegExp,
  setting?: RuleSetting,
): Promise<string> {
  const [first] = await findings(rule, text, setting);
  const fix = first?.fixes.find((one) =>
    typeof title === "string" ? one.title === title : title.test(one.title),
  );
  if (fix === undefined) {
    throw new Error(`No fix ${title} among ${JSON.stringify(first?.fixes.map((f) => f.title))}`);
  }
  const result = applied(text, fix);
  expect(buildScriptModel(result).problems, `the fixed script is Lua: ${result}`).toEqual([]);
  return result;
}
