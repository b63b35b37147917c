import type { FoundEntry, SearchResult } from "../../../../shared/src/protocol.ts";
import type { Entry, SearchQuery, StateView } from "../../engine/types.ts";
import { parseValue } from "../../engine/values/parse.ts";
import { printValue } from "../../engine/values/print.ts";
import { entrySummary, FOR_PREVIEW } from "../present-entry.ts";
import { maskValue } from "../sensitive/mask.ts";

/** Entries that are read at once: a few milliseconds of work. */
const BATCH = 1_000;
/** The same where only keys are. */
const NAMES_BATCH = 5_000;
/** The same where values are looked into. */
const VALUES_BATCH = 200;
/** Bytes of JSON beyond which a value is not looked into. */
const LARGEST_SEARCHED = 1_000_000;

/** Whether names alone decide: nearly nothing else is read then. */
export function isNamesSearch({ sort = "name", where = "names", text = "", types }: SearchQuery) {
  return sort === "name" && where === "names" && text !== "" && types === undefined;
}

/**
 * Entries that fit, in the wanted order. Names and values are compared without regard to case; of
 * values, what is masked is not looked into, so that a search cannot guess a secret.
 * @param pause is waited for after each batch, told how many entries were examined; what it throws
 *   ends the work
 */
export async function searchEntries(
  view: StateView,
  query: SearchQuery,
  pause: (examined: number) => Promise<void>,
): Promise<SearchResult> {
  const { sort = "name", text = "", limit = 200 } = query;
  if (isNamesSearch(query)) return await searchNames(view, { ...query, text }, pause);
  const best = new Best(sort, bounded(limit));
  const fits = matcher(query);
  let examined = 0;
  for (const namespace of await namespacesOf(view, query)) {
    let after: string | undefined;
    for (;;) {
      const page = await readBatch(view, namespace, query, after);
      for (const entry of page.entries) {
        examined += 1;
        if (fits(entry)) best.add(entry);
        if (best.isComplete) return { ...best.result(), examined };
      }
      await pause(examined);
      if (page.next === undefined) break;
      after = page.next;
    }
  }
  return { ...best.result(), examined };
}

/** The same where names alone decide: nearly nothing is read of entries that do not fit. */
async function searchNames(
  view: StateView,
  query: SearchQuery & { readonly text: string },
  pause: (examined: number) => Promise<void>,
): Promise<SearchResult> {
  const limit = bounded(query.limit);
  const entries: FoundEntry[] = [];
  let examined = 0;
  for (const namespace of await namespacesOf(view, query)) {
    let after: string | undefined;
    for (;;) {
      const block = await keyBlock(view, namespace, query, after);
      const count = countLines(block);
      examined += count;
      for (const key of fitting(namespace, block, query.text)) {
        if (entries.length === limit) return { entries, more: true, examined };
        const [entry] = await view.page(namespace, {
          prefix: key,
          limit: 1,
          ...FOR_PREVIEW,
        });
        // It may have been deleted since its name was read.
        if (entry?.key === key) entries.push({ namespace, ...entrySummary(entry) });
      }
      await pause(examined);
      if (count < NAMES_BATCH) break;
      after = block.slice(block.lastIndexOf("\n") + 1);
    }
  }
  return { entries, more: false, examined };
}

async function keyBlock(
  view: StateView,
  namespace: string,
  { prefix }: SearchQuery,
  after: string | undefined,
): Promise<string> {
  const query = {
    limit: NAMES_BATCH,
    ...(prefix === undefined ? {} : { prefix }),
    ...(after === undefined ? {} : { after }),
  };
  if (view.keyLines !== undefined) return await view.keyLines(namespace, query);
  // Views without the shortcut give at most a thousand entries at once.
  const keys: string[] = [];
  for (let last = after; keys.length < NAMES_BATCH; last = keys.at(-1)) {
    const page = await view.page(namespace, {
      ...query,
      limit: Math.min(BATCH, NAMES_BATCH - keys.length),
      maxValueBytes: 0,
      ...(last === undefined ? {} : { after: last }),
    });
    keys.push(...page.map(({ key }) => key));
    if (page.length < BATCH) break;
  }
  return keys.join("\n");
}

function countLines(block: string): number {
  if (block === "") return 0;
  let count = 1;
  for (let end = block.indexOf("\n"); end !== -1; end = block.indexOf("\n", end + 1)) count += 1;
  return count;
}

/** The keys of a block that fit; a block in which nothing can is not cut into keys. */
function fitting(namespace: string, block: string, text: string): readonly string[] {
  if (block === "") return [];
  const wanted = text.toLowerCase();
  const name = namespace.toLowerCase();
  if (`${name}/`.includes(wanted)) return block.split("\n");
  // No namespace holds a "/": only the first one can be that between namespace and key.
  const slash = wanted.indexOf("/");
  const start =
    slash !== -1 && name.endsWith(wanted.slice(0, slash)) ? wanted.slice(slash + 1) : undefined;
  const lower = block.toLowerCase();
  if (start === undefined && !lower.includes(wanted)) return [];
  if (lower.length === block.length) return linesAt(block, placesOf(lower, wanted, start));
  // Lower case is longer than what it is of: places in it say nothing.
  return block.split("\n").filter((key) => {
    const name = key.toLowerCase();
    return name.includes(wanted) || (start !== undefined && name.startsWith(start));
  });
}

/** Where a text is in a block, or a line begins with `start`; ascending. */
function placesOf(lower: string, wanted: string, start: string | undefined): number[] {
  // No name holds a line's end.
  if (wanted.includes("\n")) return [];
  const within = occurrences(lower, wanted);
  if (start === undefined) return within;
  return [...within, ...occurrences(`\n${lower}`, `\n${start}`)].sort((a, b) => a - b);
}

function occurrences(text: string, part: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) places.push(at);
  return places;
}

/** The lines of a block that hold these places, each once. */
function linesAt(block: string, places: readonly number[]): string[] {
  const lines: string[] = [];
  let end = -1;
  for (const at of places) {
    if (at <= end) continue;
    const next = block.indexOf("\n", at);
    end = next === -1 ? block.length : next;
    lines.push(block.slice(at === 0 ? 0 : block.lastIndexOf("\n", at - 1) + 1, end));
  }
  return lines;
}

function bounded(limit = 200): number {
  return Math.max(1, Math.min(limit, 1_000));
}

async function namespacesOf(view: StateView, { namespace }: SearchQuery): Promise<string[]> {
  if (namespace !== undefined) return [namespace];
  return (await view.namespaces()).map((summary) => summary.namespace);
}

async function readBatch(
  view: StateView,
  namespace: string,
  { where, prefix }: SearchQuery,
  after: string | undefined,
): Promise<{ readonly entries: readonly Entry[]; readonly next?: string }> {
  const values = where === "values";
  const limit = values ? VALUES_BATCH : BATCH;
  const entries = await view.page(namespace, {
    limit,
    ...(values ? { maxValueBytes: LARGEST_SEARCHED } : FOR_PREVIEW),
    ...(prefix === undefined ? {} : { prefix }),
    ...(after === undefined ? {} : { after }),
  });
  const last = entries.at(-1);
  return last === undefined || entries.length < limit ? { entries } : { entries, next: last.key };
}

function matcher({ text = "", where = "names", types }: SearchQuery): (entry: Entry) => boolean {
  const wanted = text.toLowerCase();
  const ofType = (entry: Entry) => types === undefined || types.includes(entry.type);
  if (wanted === "") return ofType;
  if (where === "names") {
    return (entry) =>
      ofType(entry) && `${entry.namespace}/${entry.key}`.toLowerCase().includes(wanted);
  }
  return (entry) => ofType(entry) && valueContains(entry, wanted);
}

function valueContains({ namespace, key, value }: Entry, wanted: string): boolean {
  // Cheap, and right for nearly all: what is not there raw is not there masked.
  if (value === "" || !value.toLowerCase().includes(wanted)) return false;
  const { value: shown, masked } = maskValue(namespace, key, parseValue(value));
  return !masked || printValue(shown).toLowerCase().includes(wanted);
}

/** The first so many entries in an order, of any number that are added. */
class Best {
  readonly #sort: NonNullable<SearchQuery["sort"]>;
  readonly #limit: number;
  readonly #kept: Entry[] = [];
  #more = false;

  constructor(sort: NonNullable<SearchQuery["sort"]>, limit: number) {
    this.#sort = sort;
    this.#limit = limit;
  }

  add(entry: Entry): void {
    if (this.#sort === "name") {
      if (this.#kept.length < this.#limit) this.#kept.push(entry);
      else this.#more = true;
      return;
    }
    const last = this.#kept.at(-1);
    if (this.#kept.length >= this.#limit) {
      this.#more = true;
      if (last !== undefined && this.#order(last, entry) <= 0) return;
      this.#kept.pop();
    }
    this.#kept.splice(this.#placeOf(entry), 0, entry);
  }

  /** Nothing that is added can change the result: entries come in the order of their names. */
  get isComplete(): boolean {
    return this.#more && this.#sort === "name";
  }

  result(): Omit<SearchResult, "examined"> {
    const entries = this.#kept.map(
      (entry): FoundEntry => ({ namespace: entry.namespace, ...entrySummary(entry) }),
    );
    return { entries, more: this.#more };
  }

  /** Negative: `a` comes first. */
  #order(a: Entry, b: Entry): number {
    if (this.#sort === "largest") return b.bytes - a.bytes;
    return b.updatedAt - a.updatedAt || b.revision - a.revision;
  }

  /** Behind those that are as good, so that equal ones stay in the order of their names. */
  #placeOf(entry: Entry): number {
    let low = 0;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#kept[middle];
      if (other !== undefined && this.#order(other, entry) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
