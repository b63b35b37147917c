import { StateError } from "../../../shared/src/errors.ts";
import type { Severity } from "../config/types.ts";
import { KnownUses, type UsesOfOthers } from "./known-uses.ts";
import { lineOf, lineStarts } from "./lines.ts";
import { ownFinding } from "./own-texts.ts";
import { chosenSeverity, isSwitchedOn } from "./rule-severities.ts";
import { ruleUrl } from "./rules/docs-url.ts";
import { nameLists } from "./rules/name-lists.ts";
import { RULES } from "./rules/registry.ts";
import type { Elsewhere, Finding, Judge, Known, Rule, RuleContext } from "./rules/rule.ts";
import { silencer } from "./silence.ts";
import { type Suppression, suppressionsIn } from "./suppressions.ts";
import { readScript, type Script } from "./syntax/script.ts";
import type { DiagnoseOptions, Diagnostic, Fix } from "./types.ts";

const LIMIT = 200;

interface Found {
  readonly rule: Rule;
  readonly finding: Finding;
  readonly severity: Diagnostic["severity"];
}

type LookOptions = Omit<DiagnoseOptions, "view" | "workspace">;

/** What a rule found in a script, or how it is to be found with what is elsewhere. */
interface Outcome {
  readonly rule: Rule;
  readonly chosen: Severity | undefined;
  readonly findings: readonly Finding[];
  readonly judge: Judge | undefined;
}

/** What the rules have taken from one script: little, unless all fixes are wanted. */
export interface Looked {
  /**
   * Tells what is wrong. May be asked again when something else is known elsewhere.
   * @param others what is known already of other scripts
   */
  readonly conclude: (
    elsewhere: Elsewhere,
    others?: UsesOfOthers,
  ) => Promise<readonly Diagnostic[]>;
}

/**
 * What the rules find in one script, in source order. Severities come from the setting, else from
 * `[state.rules]`, else from the rule; suppression comments are heeded. Beyond the limit the least
 * severe are left out, and one line says how many.
 */
export async function diagnose(options: DiagnoseOptions): Promise<readonly Diagnostic[]> {
  const { view, workspace, others } = options;
  const looked = await look(options, (finding) => finding);
  return (await looked?.conclude({ view, workspace }, others)) ?? [];
}

/**
 * The first half of `diagnose`: all that needs the script's model, which may be let go then.
 * undefined: nothing will be found, whatever is elsewhere.
 */
export function lookAt(options: LookOptions): Promise<Looked | undefined> {
  const keep = options.fixes === "none" ? withoutFixes : ownFinding;
  return look(options, keep);
}

function withoutFixes({ fixes: _, ...finding }: Finding): Finding {
  return ownFinding(finding);
}

/** @param keep makes of a finding what is kept */
async function look(
  options: LookOptions,
  keep: (finding: Finding) => Finding,
): Promise<Looked | undefined> {
  const { model, configuration, ruleSettings, secrets, without = [], pause } = options;
  let script: Script | undefined;
  const context: RuleContext = {
    model,
    configuration,
    names: nameLists(ruleSettings, configuration),
    secrets,
    script: () => {
      script ??= readScript(model);
      return script;
    },
  };
  const outcomes: Outcome[] = [];
  for (const rule of RULES) {
    if (without.includes(rule.code)) continue;
    const chosen = chosenSeverity(rule.code, ruleSettings, configuration);
    if (!isSwitchedOn(rule, chosen)) continue;
    const findings = ((await rule.check?.(context)) ?? []).map(keep);
    outcomes.push({ rule, chosen, findings, judge: rule.gather?.(context) });
    await pause?.();
  }
  const { fixes = "all", limit = LIMIT } = options;
  const suppressions = suppressionsIn(model);
  const presentation = {
    limit,
    fixes,
    silenceFix: fixes === "all" ? silencer(model) : undefined,
    pause,
  };
  if (suppressions.length > 0) return looked(outcomes, presentation, suppressions, model.text);
  const open = outcomes.filter(({ findings, judge }) => findings.length > 0 || judge !== undefined);
  return open.length === 0 ? undefined : looked(open, presentation, [], "");
}

interface Presentation {
  /** Most diagnostics. */
  readonly limit: number;
  readonly fixes: NonNullable<DiagnoseOptions["fixes"]>;
  readonly silenceFix: ReturnType<typeof silencer> | undefined;
  readonly pause: DiagnoseOptions["pause"];
}

/**
 * A function of its own, so that what it gives holds these alone and not the model.
 * @param text in which the suppressions stand: without any, none is kept
 */
function looked(
  outcomes: readonly Outcome[],
  presentation: Presentation,
  suppressions: readonly Suppression[],
  text: string,
): Looked {
  return {
    conclude: async (elsewhere, others) => {
      const { view, workspace } = elsewhere;
      const known = { view, scripts: workspace && new KnownUses(workspace, others) };
      const silence = silencing(text, suppressions);
      const found: (readonly Found[])[] = [];
      const checked = new Set<string>();
      for (const { rule, chosen, findings: here, judge } of outcomes) {
        if (rule.judgeable?.(elsewhere) === false) continue;
        const findings = judge === undefined ? here : await judged(judge, known);
        if (judge !== undefined) await presentation.pause?.();
        if (findings === undefined) continue;
        checked.add(rule.code);
        found.push(silence.unsilenced(rule, withSeverity(rule, chosen, findings)));
      }
      for (const { rule, chosen } of outcomes) {
        const findings = rule.checkOutcome?.({ ...silence, checked }) ?? [];
        found.push(silence.unsilenced(rule, withSeverity(rule, chosen, findings)));
      }
      return present(distinct(found.flat()), presentation);
    },
  };
}

/** undefined: the rule could not be checked. */
async function judged(judge: Judge, known: Known): Promise<readonly Finding[] | undefined> {
  try {
    return await judge(known);
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
function silencing(text: string, suppressions: readonly Suppression[]) {
  const starts = suppressions.length === 0 ? [] : lineStarts(text);
  const used = new Map<Suppression, Set<string>>();
  const unsilenced = (rule: Rule, found: readonly Found[]) =>
    found.filter(({ finding }) => {
      if (suppressions.length === 0) return true;
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
    text,
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

function present(found: readonly Found[], presentation: Presentation): readonly Diagnostic[] {
  const { limit } = presentation;
  const byPlace = (a: Found, b: Found) =>
    a.finding.span.start - b.finding.span.start || a.finding.span.end - b.finding.span.end;
  const gravest = found.toSorted(
    (a, b) => GRAVITY[a.severity] - GRAVITY[b.severity] || byPlace(a, b),
  );
  const shown = gravest
    .slice(0, limit)
    .sort(byPlace)
    .map((one) => toDiagnostic(one, presentation));
  const left = gravest.slice(limit).sort(byPlace);
  const [first] = left;
  if (first !== undefined) shown.push(leftOut(first, left.length));
  return shown;
}

function toDiagnostic({ rule, finding, severity }: Found, presentation: Presentation): Diagnostic {
  const { span, message } = finding;
  return {
    rule: rule.code,
    severity,
    span,
    message,
    docsUrl: ruleUrl(rule.code),
    ...(rule.tags === undefined ? {} : { tags: rule.tags }),
    fixes: fixesOf(rule, finding, presentation),
  };
}

function fixesOf(
  rule: Rule,
  { span, fixes = [] }: Finding,
  { fixes: wanted, silenceFix }: Presentation,
): readonly Fix[] {
  if (wanted === "none") return [];
  const silenceable = rule.code !== "syntax-error" && rule.checkOutcome === undefined;
  if (!silenceable || silenceFix === undefined) return fixes;
  return [...fixes, silenceFix(rule.code, span)];
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
