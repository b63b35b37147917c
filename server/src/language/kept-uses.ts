import type { FoundUses, StateUse, UsesByParts } from "./model.ts";
import { affectedBy, factsOf, type PartFacts } from "./part-facts.ts";
import type { PartNames } from "./scope/resolve.ts";
import type { Names } from "./scope/scopes.ts";
import type { Part } from "./syntax/part.ts";
import type { Answers, Understood } from "./understood.ts";
import { findUses } from "./uses.ts";
import type { ModuleSummary } from "./wrappers/summary.ts";

interface Kept {
  readonly found: FoundUses;
  /** Names of functions whose calls decide some of it. */
  readonly asks: ReadonlySet<string>;
  readonly names: PartNames;
  /** Where the part began when its uses were last at their places. */
  start: number;
  places?: Places;
  facts?: PartFacts;
}

/** Positions of uses that are not those of nodes, and so do not move with these. */
interface Places {
  readonly spans: ReadonlySet<{ start: number; end: number }>;
  readonly commas: ReadonlySet<number[]>;
}

/**
 * The uses of State in one script while it is edited: those in parts that an edit cannot concern are
 * not found again.
 */
export class KeptUses implements UsesByParts {
  readonly #parts = new Map<Part, Kept>();
  readonly #modules = new Map<string, ModuleSummary | undefined>();

  /** The uses in a text, in source order; the same as without what is kept of earlier ones. */
  of(text: Understood): FoundUses {
    this.#forget(text);
    if (this.#parts.size > 0) {
      const apart = text.apart();
      this.#find(text, apart);
      if (apart.evaluator.progress.orderMatters) this.#parts.clear();
    }
    if (this.#parts.size === 0) this.#find(text, text.answers);
    const found = together(text.parts.flatMap((part) => this.#parts.get(part)?.found ?? []));
    if (text.answers.evaluator.progress.orderMatters) this.#parts.clear();
    for (const [name, summary] of text.askedModules) this.#modules.set(name, summary);
    return found;
  }

  #find({ parts, names }: Understood, { evaluator, effects }: Answers): void {
    for (const part of parts) {
      if (this.#parts.has(part)) continue;
      const { result: found, names: asks } = evaluator.sites.recording(() =>
        findUses(part.statements, evaluator, effects),
      );
      this.#parts.set(part, { found, asks, names: names.of(part), start: part.start });
    }
  }

  /** Forgets what may be another thing now, and moves the rest to where it stands. */
  #forget({ parts, names, modules }: Understood): void {
    if (this.#parts.size === 0) return;
    const others = [...this.#modules].some(([name, summary]) => modules(name) !== summary);
    const affected = others ? undefined : this.#affected(parts, names);
    if (others) this.#modules.clear();
    if (affected === undefined) this.#parts.clear();
    for (const part of affected ?? []) this.#parts.delete(part);
    for (const [part, kept] of this.#parts) move(kept, part.start);
  }

  #affected(parts: readonly Part[], names: Names): ReadonlySet<Part> | undefined {
    const current = new Set(parts);
    const gone: PartFacts[] = [];
    const known = new Map<Part, PartFacts>();
    for (const [part, kept] of this.#parts) {
      kept.facts ??= { ...factsOf(part, kept.names), asks: kept.asks };
      if (current.has(part)) known.set(part, kept.facts);
      else {
        gone.push(kept.facts);
        this.#parts.delete(part);
      }
    }
    const come = parts.filter((part) => !this.#parts.has(part));
    return affectedBy(
      gone,
      come.map((part) => factsOf(part, names.of(part))),
      known,
    );
  }
}

function move(kept: Kept, start: number): void {
  const by = start - kept.start;
  if (by === 0) return;
  kept.places ??= placesOf([...kept.found.uses, ...kept.found.wrapperUses]);
  kept.start = start;
  for (const span of kept.places.spans) {
    span.start += by;
    span.end += by;
  }
  for (const list of kept.places.commas) {
    for (let i = 0; i < list.length; i += 1) list[i] = (list[i] ?? 0) + by;
  }
}

function placesOf(uses: readonly StateUse[]): Places {
  const spans = new Set<{ start: number; end: number }>();
  const commas = new Set<number[]>();
  for (const use of uses) {
    if (use.argsSpan !== undefined) spans.add(use.argsSpan);
    commas.add(use.commas as number[]);
    for (const { expression } of use.args) {
      if (expression.kind === "Missing" && expression.apart === true) spans.add(expression.span);
    }
  }
  return { spans, commas };
}

function together(all: readonly FoundUses[]): FoundUses {
  return {
    uses: all.flatMap(({ uses }) => uses),
    wrapperUses: all.flatMap(({ wrapperUses }) => wrapperUses),
    requires: [...new Set(all.flatMap(({ requires }) => requires))],
  };
}
