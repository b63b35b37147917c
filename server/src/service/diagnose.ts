import { StateError } from "../../../shared/src/errors.ts";
import type { Severity } from "../config/types.ts";
import { lineOf, lineStarts } from "./lines.ts";
import { rememberingUses } from "./remembered-uses.ts";
import { chosenSeverity, isSwitchedOn } from "./rule-severities.ts";
import { ruleUrl } from "./rules/docs-url.ts";
import { nameLists } from "./rules/name-lists.ts";
import { RULES } from "./rules/registry.ts";
import type { Finding, Rule, RuleContext } from "./rules/rule.ts";
import { silencer } from "./silence.ts";
import { type Suppression, suppressionsIn } from "./suppressions.ts";
import { readScript, type Script } from "./syntax/script.ts";
import type { DiagnoseOptions, Diagnostic } from "./types.ts";

const LIMIT = 200;

interface Found {
  readonly rule: Rule;
  readonly finding: Finding;
  readonly severity: Diagnostic["severity"];
}

/**
 * What the rules find in one script, in source order. Severities come from the setting, else from
 * `[state.rules]`, else from the rule; suppression comments are heeded. Beyond the limit the least
 * severe are left out, and one line says how many.
 */
export async function diagnose(options: DiagnoseOptions): Promise<readonly Diagnostic[]> {
  const { model, view, workspace, configuration, ruleSettings, secrets } = options;
  const { without = [], limit = LIMIT, pause } = options;
  let script: Script | undefined;
  const context: RuleContext = {
    model,
    view,
    workspace: workspace && rememberingUses(workspace),
    configuration,
    names: nameLists(ruleSettings, configuration),
    secrets,
    script: () => {
      script ??= readScript(model);
      return script;
    },
  };
  const rules = RULES.filter(({ code }) => !without.includes(code)).flatMap((rule) => {
    const chosen = chosenSeverity(rule.code, ruleSettings, configuration);
    return isSwitchedOn(rule, chosen) ? [{ rule, chosen }] : [];
  });
  const silence = silencing(context);
  const found: Found[] = [];
  const checked = new Set<string>();
  for (const { rule, chosen } of rules) {
    const findings = await findingsOf(rule, context);
    await pause?.();
    if (findings === undefined) continue;
    checked.add(rule.code);
    found.push(...silence.unsilenced(rule, withSeverity(rule, chosen, findings)));
  }
  for (const { rule, chosen } of rules) {
    const findings = rule.checkOutcome?.({ ...silence, checked }) ?? [];
    found.push(...silence.unsilenced(rule, withSeverity(rule, chosen, findings)));
  }
  return present(distinct(found), context, limit);
}

/** undefined: the rule could not be checked. */
async function findingsOf(
  rule: Rule,
  context: RuleContext,
): Promise<readonly Finding[] | undefined> {
  try {
    return await rule.check?.(context);
  } catch (error) {
    // A store that cannot be read is reported once, by whoever opens it; the text is checked anyway.
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

function withSeverity(
  rule: Rule,
  chosen: Severity | undefined,
  findings: readonly Finding[],
): Found[] {
  return findings.flatMap((finding) => {
    const severity = chosen ?? finding.severity ?? rule.defaultSeverity;
    return severity === "off" ? [] : [{ rule, finding, severity }];
  });
}

/** The suppression comments of a script, and which of them were of use. */
function silencing({ model }: RuleContext) {
  const suppressions = suppressionsIn(model);
  const starts = lineStarts(model.text);
  const used = new Map<Suppression, Set<string>>();
  const unsilenced = (rule: Rule, found: readonly Found[]) =>
    found.filter(({ finding }) => {
      const line = lineOf(starts, finding.span.start);
      const by = suppressions.filter(
        ({ rules, lines }) => lines.first <= line && line <= lines.last && names(rules, rule),
      );
      for (const suppression of by) {
        used.set(suppression, (used.get(suppression) ?? new Set()).add(rule.code));
      }
      return by.length === 0;
    });
  return {
    text: model.text,
    suppressions,
    unsilenced,
    silenced: (suppression: Suppression, code: string) => used.get(suppression)?.has(code) ?? false,
  };
}

/** A comment that names no rule means all of them, but cannot hide that it is of no use itself. */
function names(rules: Suppression["rules"], rule: Rule): boolean {
  if (rules.length === 0) return rule.checkOutcome === undefined;
  return rules.some(({ code }) => code === rule.code);
}

/** Each thing once: several functions of State may stand behind one call. */
function distinct(found: readonly Found[]): Found[] {
  const seen = new Set<string>();
  return found.filter(({ rule, finding: { span, message } }) => {
    const place = `${rule.code} ${span.start} ${span.end} ${message}`;
    return seen.size !== seen.add(place).size;
  });
}

const GRAVITY: Readonly<Record<Diagnostic["severity"], number>> = {
  error: 0,
  warning: 1,
  information: 2,
  hint: 3,
};

function present(found: readonly Found[], { model }: RuleContext, limit: number): Diagnostic[] {
  const byPlace = (a: Found, b: Found) =>
    a.finding.span.start - b.finding.span.start || a.finding.span.end - b.finding.span.end;
  const gravest = found.toSorted(
    (a, b) => GRAVITY[a.severity] - GRAVITY[b.severity] || byPlace(a, b),
  );
  const silenceFix = silencer(model);
  const shown = gravest
    .slice(0, limit)
    .sort(byPlace)
    .map((one) => toDiagnostic(one, silenceFix));
  const left = gravest.slice(limit).sort(byPlace);
  const [first] = left;
  if (first !== undefined) shown.push(leftOut(first, left.length));
  return shown;
}

function toDiagnostic(
  { rule, finding, severity }: Found,
  silenceFix: ReturnType<typeof silencer>,
): Diagnostic {
  const { span, message, fixes = [] } = finding;
  const silenceable = rule.code !== "syntax-error" && rule.checkOutcome === undefined;
  return {
    rule: rule.code,
    severity,
    span,
    message,
    docsUrl: ruleUrl(rule.code),
    ...(rule.tags === undefined ? {} : { tags: rule.tags }),
    fixes: silenceable ? [...fixes, silenceFix(rule.code, span)] : fixes,
  };
}

function leftOut({ finding }: Found, left: number): Diagnostic {
  return {
    rule: "too-many-findings",
    severity: "information",
    span: finding.span,
    message: `${left} more ${left === 1 ? "finding is" : "findings are"} not shown, from here on.`,
    docsUrl: ruleUrl("README"),
    fixes: [],
  };
}
