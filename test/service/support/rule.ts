import { describe, expect, it } from "vitest";
import { buildScriptModel } from "../../../server/src/language/script-model.ts";
import { diagnose } from "../../../server/src/service/diagnose.ts";
import type { DiagnoseOptions, Diagnostic } from "../../../server/src/service/types.ts";
import { configuration } from "./configuration.ts";
import { marked, marks } from "./cursor.ts";
import { type Stored, viewOf } from "./view.ts";

export interface RuleSetting {
  readonly stored?: Stored;
  readonly options?: Partial<Omit<DiagnoseOptions, "model">>;
}

/** What one rule says of a script, whatever its default severity. */
export async function findings(
  rule: string,
  text: string,
  { stored = {}, options = {} }: RuleSetting = {},
): Promise<readonly Diagnostic[]> {
  const all = await diagnose({
    model: buildScriptModel(text),
    view: viewOf(stored),
    configuration: configuration(),
    ruleSettings: { [rule]: "warning" },
    ...options,
  });
  return all.filter((diagnostic) => diagnostic.rule === rule);
}

/** Scripts in which the rule must report exactly what stands in ⟦ ⟧. */
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
  const result = fix.changes
    .toReversed()
    .reduce(
      (done, { span, newText }) => done.slice(0, span.start) + newText + done.slice(span.end),
      text,
    );
  expect(buildScriptModel(result).problems, `the fixed script is Lua: ${result}`).toEqual([]);
  return result;
}
