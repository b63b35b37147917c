import type { StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { overlaps } from "../../language/values/matching.ts";
import type { NamedEntry } from "./reads.ts";

/** Where a script deletes what. It may do so thousands of times: known names are found by their hash. */
export class Deletions {
  readonly #all: readonly StateUse[];
  readonly #exact = new Map<string, StateUse[]>();
  /** Those of which not both names are known exactly. */
  readonly #open: StateUse[] = [];

  constructor(uses: readonly StateUse[]) {
    this.#all = uses.filter(({ member }) => member === "delete");
    for (const use of this.#all) {
      const { namespace, key } = touchedBy(use) ?? {};
      const name = namespace && key && nameOf({ namespace, key });
      const named = name === undefined ? this.#open : (this.#exact.get(name) ?? []);
      named.push(use);
      if (name !== undefined) this.#exact.set(name, named);
    }
  }

  /** Whether a call from one place to before another (offsets) may delete the entry. */
  between(from: number, to: number, entry: NamedEntry): boolean {
    const isOne = (use: StateUse) =>
      use.span.start >= from && use.span.start < to && mayTouch(use, entry);
    const name = nameOf(entry);
    if (name === undefined) return this.#all.some(isOne);
    return this.#exact.get(name)?.some(isOne) === true || this.#open.some(isOne);
  }
}

function nameOf({ namespace, key }: NamedEntry): string | undefined {
  if (namespace.kind !== "exact" || key.kind !== "exact") return undefined;
  return JSON.stringify([namespace.text, key.text]);
}

/** Whether a use may be about this entry. */
function mayTouch(use: StateUse, { namespace, key }: NamedEntry): boolean {
  const touched = touchedBy(use);
  if (touched === undefined) return true;
  return (
    overlaps(touched.namespace, namespace) &&
    (touched.key === undefined || overlaps(touched.key, key))
  );
}
