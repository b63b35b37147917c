import type { PartNames } from "./scope/resolve.ts";
import type { Mentions } from "./scope/shared.ts";
import type { FieldDefinition } from "./scope/variables.ts";
import { visitNodes } from "./syntax/nodes.ts";
import type { Part } from "./syntax/part.ts";

/** What a part of a script tells others, and what others may tell it: by names alone. */
export interface PartFacts {
  /** Names of variables that others can name, and of fields, that it gives values. */
  readonly defines: ReadonlySet<string>;
  /** The fields among them with their paths, as far as these are given functions; as one text. */
  readonly functions: string;
  /** It gives something else than a function to a field. */
  readonly givesFields: boolean;
  /** What it defines cannot be told by names, or changes what other names mean. */
  readonly concernsAll: boolean;
  /** All names and texts in it. */
  readonly mentions: ReadonlySet<string>;
  /** It may read fields that it does not name. */
  readonly readsAny: boolean;
  /** Names of functions whose calls, wherever they stand, decide what it does. */
  readonly asks?: ReadonlySet<string>;
}

/** Names that decide what others mean. */
const DECISIVE: ReadonlySet<string> = new Set(["State", "_G", "_ENV"]);

export function factsOf(part: Part, names: PartNames): PartFacts {
  const defines = new Set(names.shared.map(({ name }) => name));
  const fields: FieldDefinition[] = [];
  const free = [...names.free.values()];
  for (const { name, definitions } of free) if (definitions.length > 0) defines.add(name);
  const all: readonly Mentions[] = [...names.shared.map(({ own }) => own), ...free];
  for (const mentions of all) fields.push(...mentions.fields);
  for (const { path } of fields) for (const name of path) defines.add(name ?? "_ENV");
  const given = fields.filter(({ value }) => value?.kind === "Function");
  return {
    defines,
    functions: JSON.stringify(given.map(({ path }) => path)),
    givesFields: given.length < fields.length,
    concernsAll: names.metatables.length > 0 || [...defines].some(isDecisive),
    ...read(part),
  };
}

function isDecisive(name: string): boolean {
  return name.startsWith("__") || DECISIVE.has(name);
}

function read({ statements }: Part): Pick<PartFacts, "mentions" | "readsAny"> {
  const mentions = new Set<string>();
  let readsAny = false;
  visitNodes(statements, (node) => {
    if (node.kind === "Identifier") mentions.add(node.name);
    else if (node.kind === "String") mentions.add(node.value);
    else if (node.kind === "GenericFor") readsAny = true;
    else if (node.kind === "Index" && node.index.kind !== "String") readsAny = true;
  });
  return { mentions, readsAny };
}

/**
 * The parts whose names may stand for something else than before, where other parts went and came:
 * those that name something that these define, or that such a part defines, and so on.
 * @returns undefined: perhaps all
 */
export function affectedBy<T>(
  gone: readonly PartFacts[],
  come: readonly PartFacts[],
  kept: ReadonlyMap<T, PartFacts>,
): ReadonlySet<T> | undefined {
  const affected = new Set<T>();
  const names = new Set<string>();
  let anyField = functionsOf(gone) !== functionsOf(come);
  let pending: readonly PartFacts[] = [...gone, ...come];
  while (pending.length > 0) {
    for (const facts of pending) {
      if (facts.concernsAll) return undefined;
      anyField ||= facts.givesFields;
      for (const name of facts.defines) names.add(name);
    }
    const next: PartFacts[] = [];
    for (const [part, facts] of kept) {
      if (affected.has(part)) continue;
      if (!concerns(names, anyField, facts) && !asksAbout(pending, facts)) continue;
      affected.add(part);
      next.push(facts);
    }
    pending = next;
  }
  return affected;
}

function concerns(names: ReadonlySet<string>, anyField: boolean, facts: PartFacts): boolean {
  if (anyField && facts.readsAny) return true;
  for (const name of names) if (facts.mentions.has(name)) return true;
  return false;
}

/** Whether what a part does may be decided by calls in others. */
function asksAbout(others: readonly PartFacts[], { asks }: PartFacts): boolean {
  for (const name of asks ?? []) {
    if (others.some(({ mentions }) => mentions.has(name))) return true;
  }
  return false;
}

function functionsOf(all: readonly PartFacts[]): string {
  const functions = all.map((facts) => facts.functions).filter((one) => one !== "[]");
  return functions.sort().join("\n");
}
