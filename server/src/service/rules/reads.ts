import type { KnownText, ScriptModel, StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { overlaps } from "../../language/values/matching.ts";
import { allUses } from "../known-names.ts";
import { ownFinding, ownName } from "../own-texts.ts";
import { EntrySet } from "./entry-set.ts";
import type { Finding, Judge } from "./rule.ts";

/** An entry by what is known of its names. */
export interface NamedEntry {
  readonly namespace: KnownText;
  readonly key: KnownText;
}

/** The entry that a call touches; none where it touches none, or a whole namespace. */
export function entriesOf(use: StateUse): readonly NamedEntry[] {
  const { namespace, key } = touchedBy(use) ?? {};
  return namespace === undefined || key === undefined ? [] : [{ namespace, key }];
}

/** A finding whose fixes hold only where no other script loads these entries. */
export interface FindingOfUnread {
  readonly finding: Finding;
  readonly entries: readonly NamedEntry[];
}

/** Gives the findings, with those of their fixes that hold; undefined where there are none. */
export function withFixesOfUnread(found: readonly FindingOfUnread[]): Judge | undefined {
  if (found.length === 0) return undefined;
  const kept = found.map(({ finding, entries }) => ({
    finding: ownFinding(finding),
    entries: entries.map(({ namespace, key }) => ({
      namespace: ownName(namespace),
      key: ownName(key),
    })),
  }));
  return ({ scripts }) =>
    kept.map(({ finding, entries }) => {
      const read = entries.some(
        ({ namespace, key }) => scripts?.ofEntry(namespace, key).read === true,
      );
      return read ? { ...finding, fixes: [] } : finding;
    });
}

/**
 * Whether the script itself may load what is stored under a name: then what is stored there cannot
 * take another form without a change of it.
 */
export function readsHere(model: ScriptModel): (entry: NamedEntry) => boolean {
  const reads = allUses(model).flatMap((use) => {
    const touched = touchedBy(use);
    return touched?.member.access === "read" ? [touched] : [];
  });
  const read = new EntrySet(reads);
  return ({ namespace, key }) => {
    if (namespace.kind === "exact" && key.kind === "exact")
      return read.has(namespace.text, key.text);
    return reads.some(
      (touched) =>
        overlaps(touched.namespace, namespace) &&
        touched.key !== undefined &&
        overlaps(touched.key, key),
    );
  };
}
