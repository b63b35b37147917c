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
import { countOf, entryOf, type PackedUses, unpackUse } from "./packed-uses.ts";

const DEFAULT_LIMIT = 1000;
const UNKNOWN: KnownText = { kind: "unknown" };

/** A script and its uses, each unpacked only when it is asked for. */
interface Script {
  readonly file: string;
  readonly packed: PackedUses;
}

/** Uses in the answers that are kept. */
const KEPT = 2000;

/**
 * The uses of many scripts by what they name. Exact names are found by hash; patterns, of which there
 * are few, one by one.
 */
export class UseTables {
  readonly #namespaces = new Table<NamespaceUses>(() => new NamespaceUses());
  readonly #scripts = new Map<string, Script>();
  /** To questions that may be asked again, as long as nothing changes. */
  readonly #answers = new Answers();

  /** Sets the uses of a script; undefined: it is gone. */
  set(file: string, packed: PackedUses | undefined): void {
    this.#answers.clear();
    const before = this.#scripts.get(file);
    if (before !== undefined) this.#remove(before);
    const count = packed === undefined ? 0 : countOf(packed);
    if (packed === undefined || count === 0) return;
    const script = { file, packed };
    for (let number = 0; number < count; number++) {
      const { namespace, key } = entryOf(packed, number);
      this.#namespaces.at(namespace).at(key).add(script, number);
    }
    this.#scripts.set(file, script);
  }

  #remove(script: Script): void {
    const { file, packed } = script;
    this.#scripts.delete(file);
    const without = new Set<Uses>();
    for (let number = 0; number < countOf(packed); number++) {
      const { namespace, key } = entryOf(packed, number);
      const inside = this.#namespaces.find(namespace);
      const uses = inside?.at(key);
      if (inside === undefined || uses === undefined) continue;
      // A script may name the same thousands of times.
      if (without.size !== without.add(uses).size) uses.remove(script);
      if (uses.size === 0) inside.drop(key);
      if (inside.isEmpty) this.#namespaces.drop(namespace);
    }
  }

  /** The uses in one script, in source order. */
  usesIn(file: string): readonly ScriptUse[] {
    const packed = this.#scripts.get(file)?.packed;
    if (packed === undefined) return [];
    return Array.from({ length: countOf(packed) }, (_, number) => unpackUse(file, packed, number));
  }

  usesOf(namespace: KnownText, key: KnownText, limit?: number): UsesOfKey {
    return this.#answers.of([namespace, key, limit], () => this.#usesOf(namespace, key, limit));
  }

  #usesOf(namespace: KnownText, key: KnownText, limit: number | undefined): Found {
    const wanted = composed(key);
    const same: Uses[] = [];
    const overlapping: Uses[] = [];
    const unknown: Uses[] = [];
    for (const inside of this.#namespaces.like(namespace)) {
      const anyKey = inside.value.keys.find(UNKNOWN);
      for (const uses of inside.value.keys.like(wanted)) {
        if (uses.value === anyKey) continue;
        (inside.same && uses.same ? same : overlapping).push(uses.value);
      }
      if (anyKey !== undefined) unknown.push(anyKey);
    }
    return new Found({ same, overlapping, unknown }, limit);
  }

  usesOfNamespace(namespace: KnownText, limit?: number): UsesOfName {
    return this.#answers.of([namespace, limit], () => this.#usesOfNamespace(namespace, limit));
  }

  #usesOfNamespace(namespace: KnownText, limit: number | undefined): Found {
    const same: Uses[] = [];
    const overlapping: Uses[] = [];
    for (const inside of this.#namespaces.like(namespace)) {
      for (const uses of inside.value.all()) (inside.same ? same : overlapping).push(uses);
    }
    return new Found({ same, overlapping, unknown: [] }, limit);
  }

  namespaces(query: NameQuery = {}): Names {
    return this.#namespaces.names(query, (inside) => inside.count);
  }

  keys(namespace: string, query: NameQuery = {}): Names {
    const inside = this.#namespaces.find({ kind: "exact", text: namespace });
    return inside === undefined
      ? { exact: [], patterns: [], more: false }
      : inside.keys.names(query, (uses) => uses.size);
  }
}

/** The uses of one name, in no order. */
class Uses {
  // Two lists of plain members take a fifth of what objects in a set would.
  readonly #scripts: Script[] = [];
  readonly #numbers: number[] = [];

  get size(): number {
    return this.#numbers.length;
  }

  add(script: Script, number: number): void {
    this.#scripts.push(script);
    this.#numbers.push(number);
  }

  /** Takes out all uses of a script. */
  remove(script: Script): void {
    let kept = 0;
    this.#scripts.forEach((other, i) => {
      if (other === script) return;
      this.#scripts[kept] = other;
      this.#numbers[kept] = this.#numbers[i] ?? 0;
      kept += 1;
    });
    this.#scripts.length = kept;
    this.#numbers.length = kept;
  }

  refs(): Ref[] {
    return this.#scripts.map((script, i) => ({ script, number: this.#numbers[i] ?? 0 }));
  }
}

/** One of a script's uses. */
interface Ref {
  readonly script: Script;
  readonly number: number;
}

type Lists = { readonly [K in keyof UsesOfKey]: readonly Uses[] };

/**
 * An answer: each of its lists is unpacked, as it is then, when somebody first looks at it, for few look
 * at all three.
 */
class Found implements UsesOfKey {
  readonly #all: Lists;
  readonly #limit: number;
  readonly #lists: { -readonly [K in keyof Lists]?: readonly ScriptUse[] } = {};

  constructor(all: Lists, limit = Number.POSITIVE_INFINITY) {
    this.#all = all;
    this.#limit = limit;
  }

  /** What it holds when all of it is unpacked. */
  get size(): number {
    const { same, overlapping, unknown } = this.#all;
    const most = (of: readonly Uses[]) => Math.min(sizeOf(of), this.#limit);
    return 1 + most(same) + most(overlapping) + most(unknown);
  }

  get same(): readonly ScriptUse[] {
    return this.#list("same");
  }

  get overlapping(): readonly ScriptUse[] {
    return this.#list("overlapping");
  }

  get unknown(): readonly ScriptUse[] {
    return this.#list("unknown");
  }

  #list(name: keyof Lists): readonly ScriptUse[] {
    this.#lists[name] ??= sorted(this.#all[name], this.#limit);
    return this.#lists[name];
  }
}

/** Answers, as long as there is room for the uses in them. */
class Answers {
  readonly #known = new Map<string, UsesOfKey>();
  #uses = 0;

  of(question: readonly unknown[], find: () => Found): UsesOfKey {
    const id = JSON.stringify(question);
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const uses = find();
    const { size } = uses;
    if (size > KEPT) return uses;
    if (this.#uses + size > KEPT) this.clear();
    this.#known.set(id, uses);
    this.#uses += size;
    return uses;
  }

  clear(): void {
    this.#known.clear();
    this.#uses = 0;
  }
}

/** The uses of one namespace, by their keys. */
class NamespaceUses {
  readonly keys = new Table<Uses>(() => new Uses());
  /** Of functions that take no key. */
  readonly #keyless = new Uses();

  at(key: KnownText | undefined): Uses {
    return key === undefined ? this.#keyless : this.keys.at(key);
  }

  drop(key: KnownText | undefined): void {
    if (key !== undefined) this.keys.drop(key);
  }

  *all(): Generator<Uses> {
    yield this.#keyless;
    yield* this.keys.values();
  }

  get count(): number {
    return sizeOf(this.all());
  }

  get isEmpty(): boolean {
    return this.#keyless.size === 0 && this.keys.isEmpty;
  }
}

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

  get isEmpty(): boolean {
    return this.#exact.size === 0 && this.#patterns.size === 0 && this.#unknown === undefined;
  }

  *values(): Generator<V> {
    yield* this.#exact.values();
    for (const { value } of this.#patterns.values()) yield value;
    if (this.#unknown !== undefined) yield this.#unknown;
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
    // Asked for everything, what is not known at all belongs to it.
    if (name.kind === "unknown" && same !== undefined) yield { value: same, same: false };
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

function sizeOf(all: Iterable<Uses>): number {
  let size = 0;
  for (const uses of all) size += uses.size;
  return size;
}

/** By file and place, the first ones. */
function sorted(all: readonly Uses[], limit: number): readonly ScriptUse[] {
  return all
    .flatMap((uses) => uses.refs())
    .sort((a, b) => compare(a.script.file, b.script.file) || a.number - b.number)
    .slice(0, limit)
    .map(({ script: { file, packed }, number }) => unpackUse(file, packed, number));
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
