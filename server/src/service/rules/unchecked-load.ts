import { quote } from "../../../../shared/src/names.ts";
import type { Span, StateUse, UncheckedLoad } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import type { Fix } from "../types.ts";
import { foundBefore } from "./found-before.ts";
import type { Finding, Rule } from "./rule.ts";
import { surelyStored } from "./surely-stored.ts";

type Kind = UncheckedLoad["kind"];

/** A loaded value that is used as if something were always stored. */
export const uncheckedLoad: Rule = {
  code: "unchecked-load",
  family: "use",
  defaultSeverity: "warning",
  summary: "A loaded value used without a thought of nil",
  check: ({ model, script }) => {
    if (model.uncheckedLoads.length === 0) return [];
    const isStored = surelyStored(model, script());
    const isFound = foundBefore(model, script());
    const loads = new Map(
      allUses(model)
        .toReversed()
        .map((use) => [placeOf(use.span), use]),
    );
    return model.uncheckedLoads
      .filter(({ load }) => !isStored(load) && !isFound(load))
      .map((found) => finding(found, loads.get(placeOf(found.load))));
  },
};

const DONE: Readonly<Record<Kind, string>> = {
  index: "indexed",
  call: "called",
  arithmetic: "calculated with",
  length: "measured with #",
  concatenation: "joined with ..",
  iteration: "iterated over",
};

const DEFAULTS: Readonly<Record<Kind, string | undefined>> = {
  index: "{}",
  call: undefined,
  arithmetic: "0",
  length: "{}",
  concatenation: '""',
  iteration: "{}",
};

function placeOf({ start, end }: Span): string {
  return `${start}-${end}`;
}

function finding(unchecked: UncheckedLoad, use: StateUse | undefined): Finding {
  const { span, kind, tried } = unchecked;
  const key = use === undefined ? undefined : touchedBy(use)?.key;
  const what = key?.kind === "exact" ? `The value of ${quote(key.text)}` : "This loaded value";
  // Behind pcall(...) a default would take the place of its first result.
  const value = tried ? undefined : DEFAULTS[kind];
  const way =
    value === undefined ? "Test it first" : `Add a default (or ${value}) or test it first`;
  return {
    span,
    message: `${what} is nil when nothing is stored, and it is ${DONE[kind]} here. ${way}.`,
    fixes: value === undefined ? [] : [addDefault(unchecked, value)],
  };
}

function addDefault({ span, load }: UncheckedLoad, value: string): Fix {
  // Used where it is loaded, without parentheses: `State.load(...).theme`.
  const bare = span.start === load.start && span.end === load.end;
  const before = { span: { start: load.start, end: load.start }, newText: "(" };
  const after = { span: { start: load.end, end: load.end }, newText: ` or ${value}` };
  return {
    title: `Add the default \`or ${value}\``,
    changes: bare ? [before, { ...after, newText: `${after.newText})` }] : [after],
    preferred: true,
  };
}
