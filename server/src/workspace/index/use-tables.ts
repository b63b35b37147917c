import type { KnownText } from "../../language/model.ts";
import { matches, overlaps } from "../../language/values/matching.ts";
import type {
  NameQuery,
  Names,
  PatternCount,
  ScriptUse,
  UsesOfKey,
  UsesOfName,
} from "../../language/workspace-view.ts";

const DEFAULT_LIMIT = 1000;

/** Uses by what they name. Exact names are found by hash; patterns, of which there are few, one by one. */
export class UseTables {
  readonly #namespaces = new Table<NamespaceUses>(() => ({
    all: new Set(),
    keys: new Table<Set<ScriptUse>>(() => new Set()),
  }));

  add(use: ScriptUse): void {
    const inside = this.#namespaces.at(use.namespace);
    inside.all.add(use);
    if (use.key !== undefined) inside.keys.at(use.key).add(use);
  }

  remove(use: ScriptUse): void {
    const inside = this.#namespaces.find(use.namespace);
    if (inside === undefined) return;
    inside.all.delete(use);
    if (inside.all.size === 0) this.#namespaces.drop(use.namespace);
    if (use.key === undefined) return;
    const uses = inside.keys.find(use.key);
    uses?.delete(use);
    if (uses?.size === 0) inside.keys.drop(use.key);
  }

  usesOf(namespace: KnownText, key: KnownText): UsesOfKey {
    const wanted = composed(key);
    const found = new Found();
    const unknown: ScriptUse[] = [];
    for (const inside of this.#namespaces.like(namespace)) {
      for (const uses of inside.value.keys.like(wanted)) {
        found.add(uses.value, inside.same && uses.same);
      }
      const anyKey = inside.value.keys.find(UNKNOWN);
      if (anyKey !== undefined) unknown.push(...anyKey);
    }
    return { ...found.inOrder(), unknown: unknown.sort(byPlace) };
  }

  usesOfNamespace(namespace: KnownText): UsesOfName {
    const found = new Found();
    for (const { value, same } of this.#namespaces.like(namespace)) found.add(value.all, same);
    return found.inOrder();
  }

  namespaces(query: NameQuery = {}): Names {
    return this.#namespaces.names(query, ({ all }) => all.size);
  }

  keys(namespace: string, query: NameQuery = {}): Names {
    const inside = this.#namespaces.find({ kind: "exact", text: namespace });
    return inside === undefined
      ? { exact: [], patterns: [], more: false }
      : inside.keys.names(query, (uses) => uses.size);
  }
}

interface NamespaceUses {
  readonly all: Set<ScriptUse>;
  readonly keys: Table<Set<ScriptUse>>;
}

const UNKNOWN: KnownText = { kind: "unknown" };
type Pattern = PatternCount["pattern"];

/** Values by a name that is known exactly, as a pattern or not at all. */
class Table<V> {
  readonly #exact = new Map<string, V>();
  readonly #patterns = new Map<string, { readonly pattern: Pattern; readonly value: V }>();
  readonly #empty: () => V;
  #unknown: V | undefined;
  /** The exact names in order; undefined: to be sorted when they are asked for. */
  #sorted: readonly string[] | undefined;

  constructor(empty: () => V) {
    this.#empty = empty;
  }

  find(name: KnownText): V | undefined {
    if (name.kind === "exact") return this.#exact.get(name.text);
    if (name.kind === "unknown") return this.#unknown;
    return this.#patterns.get(idOf(name))?.value;
  }

  /** The value of a name, made when there is none yet. */
  at(name: KnownText): V {
    const known = this.find(name);
    if (known !== undefined) return known;
    const value = this.#empty();
    if (name.kind === "unknown") this.#unknown = value;
    else if (name.kind === "pattern") this.#patterns.set(idOf(name), { pattern: name, value });
    else {
      this.#exact.set(name.text, value);
      this.#sorted = undefined;
    }
    return value;
  }

  drop(name: KnownText): void {
    if (name.kind === "unknown") this.#unknown = undefined;
    else if (name.kind === "pattern") this.#patterns.delete(idOf(name));
    else if (this.#exact.delete(name.text)) this.#sorted = undefined;
  }

  /** The values whose name is the same as, or overlaps with, one that is known. */
  *like(name: KnownText): Generator<{ readonly value: V; readonly same: boolean }> {
    const same = this.find(name);
    if (same !== undefined && name.kind !== "unknown") yield { value: same, same: true };
    if (name.kind !== "exact") {
      for (const [text, value] of this.#exact) {
        if (matches(name, text)) yield { value, same: false };
      }
    }
    for (const { pattern, value } of this.#patterns.values()) {
      if (value !== same && overlaps(pattern, name)) yield { value, same: false };
    }
  }

  names({ prefix = "", limit = DEFAULT_LIMIT }: NameQuery, count: (value: V) => number): Names {
    this.#sorted ??= [...this.#exact.keys()].sort();
    const exact = [];
    let more = false;
    for (let i = firstFrom(this.#sorted, prefix); i < this.#sorted.length; i++) {
      const text = this.#sorted[i] ?? "";
      if (!text.startsWith(prefix)) break;
      more = exact.length >= limit;
      if (more) break;
      const value = this.#exact.get(text);
      if (value !== undefined) exact.push({ text, uses: count(value) });
    }
    const wanted: Pattern = { kind: "pattern", parts: [prefix, null] };
    const patterns = [...this.#patterns.values()]
      .filter(({ pattern }) => overlaps(pattern, wanted))
      .map(({ pattern, value }) => ({ pattern, uses: count(value) }))
      .sort((a, b) => compare(idOf(a.pattern), idOf(b.pattern)));
    return {
      exact,
      patterns: patterns.slice(0, limit),
      more: more || patterns.length > limit,
    };
  }
}

class Found {
  readonly #same: ScriptUse[] = [];
  readonly #overlapping: ScriptUse[] = [];

  add(uses: Iterable<ScriptUse>, same: boolean): void {
    const into = same ? this.#same : this.#overlapping;
    for (const use of uses) into.push(use);
  }

  inOrder(): UsesOfName {
    return { same: this.#same.sort(byPlace), overlapping: this.#overlapping.sort(byPlace) };
  }
}

function byPlace(a: ScriptUse, b: ScriptUse): number {
  return (
    compare(a.file, b.file) ||
    a.memberPlace.start - b.memberPlace.start ||
    compare(a.member, b.member)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Stored keys are in Unicode NFC. */
function composed(key: KnownText): KnownText {
  return key.kind === "exact" ? { kind: "exact", text: key.text.normalize("NFC") } : key;
}

function idOf({ parts }: Pattern): string {
  return JSON.stringify(parts);
}

/** The index of the first text that is not before `wanted`. */
function firstFrom(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
