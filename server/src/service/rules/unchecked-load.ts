import { quote } from "../../../../shared/src/names.ts";
import type { Span, StateUse } from "../../language/model.ts";
import { touchedBy } from "../entry-of.ts";
import { NilFlow, type NilUse } from "../syntax/nil-flow.ts";
import type { Fix } from "../types.ts";
import type { Finding, Rule } from "./rule.ts";

/** A loaded value that is used as if something were always stored. */
export const uncheckedLoad: Rule = {
  code: "unchecked-load",
  family: "use",
  defaultSeverity: "warning",
  summary: "A loaded value used without a thought of nil",
  check: ({ model, script }) => {
    if (!model.uses.some(isRead)) return [];
    return new NilFlow(script(), isRead).run().map(finding);
  },
};

function isRead(use: StateUse): boolean {
  return touchedBy(use)?.member.access === "read";
}

const DOES: Readonly<Record<NilUse["does"], string>> = {
  index: "indexed",
  call: "called",
  arithmetic: "calculated with",
  length: "measured with #",
  concat: "joined with ..",
  iterate: "iterated over",
};

const DEFAULTS: Readonly<Record<NilUse["does"], string | undefined>> = {
  index: "{}",
  call: undefined,
  arithmetic: "0",
  length: "{}",
  concat: '""',
  iterate: "{}",
};

function finding({ load, span, does, direct }: NilUse): Finding {
  const key = touchedBy(load)?.key;
  const what = key?.kind === "exact" ? `the value of ${quote(key.text)}` : "the loaded value";
  const value = DEFAULTS[does];
  return {
    span,
    message: `State.${load.member} gives nil when nothing is stored, and ${what} is ${DOES[does]} here. Add a default (or ${value ?? "..."}) or test it first.`,
    fixes: value === undefined ? [] : [defaultFix(load.span, value, direct)],
  };
}

function defaultFix({ start, end }: Span, value: string, direct: boolean): Fix {
  const after = { span: { start: end, end }, newText: ` or ${value}${direct ? ")" : ""}` };
  const before = { span: { start, end: start }, newText: "(" };
  return {
    title: `Add the default \`or ${value}\``,
    changes: direct ? [before, after] : [after],
    preferred: true,
  };
}
