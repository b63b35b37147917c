import { namespaceFault } from "../../../shared/src/names.ts";
import type { KnownText, ScriptModel, StateUse } from "../language/model.ts";
import { touchedBy } from "../language/touched.ts";
import { matches } from "../language/values/matching.ts";
import { allUses } from "./known-names.ts";

/** How often a name stands in State calls of a script. */
export interface ScriptName {
  readonly text: string;
  readonly uses: number;
}

function tally(texts: readonly string[]): ScriptName[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, uses]) => ({ text, uses }));
}

/** The namespaces that a script names exactly, without the use that is being typed. */
export function namespacesIn(model: ScriptModel, typing: StateUse): readonly ScriptName[] {
  return tally(
    others(model, typing).flatMap((use) => {
      const namespace = touchedBy(use)?.namespace;
      return namespace?.kind === "exact" && namespaceFault(namespace.text) === undefined
        ? [namespace.text]
        : [];
    }),
  );
}

/** The keys that a script names for a namespace, exactly or as patterns. */
export function keysIn(
  model: ScriptModel,
  typing: StateUse,
  namespace: KnownText,
): { readonly exact: readonly ScriptName[]; readonly patterns: readonly KnownText[] } {
  const keys = others(model, typing).flatMap((use) => {
    const touched = touchedBy(use);
    if (touched?.key === undefined || !mayBeSame(touched.namespace, namespace)) return [];
    return [touched.key];
  });
  return {
    exact: tally(
      keys.flatMap((key) => (key.kind === "exact" && key.text !== "" ? [key.text] : [])),
    ),
    patterns: keys.filter((key) => key.kind === "pattern"),
  };
}

/** How often the call that is being typed names this text itself: nobody needs it offered. */
export function typedTimes(
  model: ScriptModel,
  typing: StateUse,
  kind: "namespace" | "key",
  text: string,
): number {
  return allUses(model).filter((use) => {
    const known = touchedBy(use)?.[kind];
    return use.span.start === typing.span.start && known?.kind === "exact" && known.text === text;
  }).length;
}

function others(model: ScriptModel, typing: StateUse): StateUse[] {
  return allUses(model).filter((use) => use.span.start !== typing.span.start);
}

/** Whether two namespaces are, as far as is known, the same one. */
function mayBeSame(one: KnownText, other: KnownText): boolean {
  if (one.kind === "exact") return matches(other, one.text);
  if (other.kind === "exact") return one.kind === "pattern" && matches(one, other.text);
  return JSON.stringify(one) === JSON.stringify(other);
}
