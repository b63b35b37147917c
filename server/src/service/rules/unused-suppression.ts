import { nearest } from "../../../../shared/src/nearest.ts";
import type { Span } from "../../language/model.ts";
import type { Suppression } from "../suppressions.ts";
import type { Fix } from "../types.ts";
import type { Finding, Outcome, Rule } from "./rule.ts";

/** A comment that silences a rule where the rule has nothing to say. */
export function unusedSuppression(otherCodes: readonly string[]): Rule {
  const known = new Set(otherCodes);
  return {
    code: "unused-suppression",
    family: "use",
    defaultSeverity: "hint",
    summary: "A comment that silences nothing",
    tags: ["unnecessary"],
    checkOutcome: (outcome) =>
      outcome.suppressions.flatMap((suppression) => unused(suppression, outcome, known)),
  };
}

function unused(suppression: Suppression, outcome: Outcome, known: ReadonlySet<string>): Finding[] {
  const { rules, span } = suppression;
  const removal = () => removalOf(span, outcome.text);
  if (rules.length === 0) {
    const used = [...known].some((code) => outcome.silenced(suppression, code));
    return used ? [] : [{ span, message: "This comment silences nothing.", fixes: [removal()] }];
  }
  return rules.flatMap(({ code, span: place }): Finding[] => {
    if (!known.has(code)) {
      const meant = nearest(code, known);
      const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
      return [{ span: place, message: `There is no rule ${code}.${hint}` }];
    }
    if (!outcome.checked.has(code) || outcome.silenced(suppression, code)) return [];
    const fixes = rules.length === 1 ? [removal()] : [];
    return [
      { span: place, message: `${code} has nothing to say here: this silences nothing.`, fixes },
    ];
  });
}

/** The comment goes with the blanks before it, and with its line where nothing else is on it. */
function removalOf({ start, end }: Span, text: string): Fix {
  const before = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, start));
  const after = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(end));
  const blanks = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const alone = before !== null && after !== null;
  const span = alone
    ? { start: start - blanks, end: end + after[0].length }
    : { start: after === null ? start : start - blanks, end };
  return {
    title: "Remove the comment",
    changes: [{ span, newText: "" }],
    preferred: true,
    safe: true,
  };
}
