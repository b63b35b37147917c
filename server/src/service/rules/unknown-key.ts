import { quote } from "../../../../shared/src/names.ts";
import { nearest } from "../../../../shared/src/nearest.ts";
import { ownText } from "../../../../shared/src/own-text.ts";
import type { StateView } from "../../engine/types.ts";
import type { Argument, KnownText, ScriptModel, Span, StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { eachOf } from "../../language/variants.ts";
import { allUses } from "../known-names.ts";
import type { KnownUses } from "../known-uses.ts";
import type { Fix } from "../types.ts";
import { EntrySet } from "./entry-set.ts";
import type { Finding, Judge, Rule } from "./rule.ts";

/** Keys of a namespace that are compared; in a larger one nothing is claimed. */
const COMPARED = 500;
/** Loads of one script that are looked up at most. */
const LOOKED_UP = 100;

/** A key that is loaded and that nothing stores. */
export const unknownKey: Rule = {
  code: "unknown-key",
  family: "data",
  defaultSeverity: "information",
  summary: "A key that is loaded and that nothing stores",
  judgeable: ({ view }) => view !== undefined,
  gather: ({ model }) => {
    const uses = allUses(model).flatMap(eachOf).slice(0, LOOKED_UP);
    const saved = savesIn(model);
    const loads = uses
      .flatMap((use) => loadOf(use, model))
      .filter(({ namespace, key }) => !saved.has(namespace, key));
    return loads.length === 0 ? undefined : judge(loads, keysSavedIn(model, loads));
  },
};

/** A load under a name that is known and written at the call. */
interface Load {
  readonly namespace: string;
  readonly key: string;
  readonly span: Span;
  /** Where the key is written so that another can take its place. */
  readonly correctable: Span | undefined;
}

function loadOf(use: StateUse, model: ScriptModel): Load[] {
  const { member, namespace, key, keyArgument } = touchedBy(use) ?? {};
  if (member?.access !== "read" || keyArgument?.slot === undefined) return [];
  if (namespace?.kind !== "exact" || key?.kind !== "exact" || key.text === "") return [];
  if (keyArgument.literal?.closed === false) return [];
  const correctable = use.via === "direct" ? contentOf(keyArgument, model.text) : undefined;
  const name = { namespace: ownText(namespace.text), key: ownText(key.text) };
  return [{ ...name, span: keyArgument.span, correctable }];
}

type KeysByNamespace = ReadonlyMap<string, readonly string[]>;

function judge(loads: readonly Load[], here: KeysByNamespace): Judge {
  return async ({ view, scripts }) => {
    if (view === undefined) return [];
    const saved = new SavedKeys(here, scripts);
    const found: Finding[] = [];
    for (const same of inOnePlace(loads)) {
      const each: Finding[] = [];
      for (const load of same) each.push(...(await checkLoad(load, view, scripts, saved)));
      // Where one key is loaded from several namespaces, one of them has it.
      if (each.length === same.length) found.push(...each.slice(0, 1));
    }
    return found;
  };
}

/** Loads whose key is written in the same place. */
function inOnePlace(loads: readonly Load[]): Iterable<readonly Load[]> {
  const places = new Map<number, Load[]>();
  for (const load of loads) {
    const known = places.get(load.span.start);
    if (known === undefined) places.set(load.span.start, [load]);
    else known.push(load);
  }
  return places.values();
}

async function checkLoad(
  { namespace, key, span, correctable }: Load,
  view: StateView,
  scripts: KnownUses | undefined,
  saved: SavedKeys,
): Promise<Finding[]> {
  if ((await view.entry(namespace, key.normalize("NFC"))) !== undefined) return [];
  if (scripts?.ofEntry(exact(namespace), exact(key)).written === true) return [];
  const page = await view.page(namespace, { limit: COMPARED, maxValueBytes: 0 });
  const stored = page.length < COMPARED ? page.map((entry) => entry.key) : [];
  const near = nearest(
    key,
    [...stored, ...saved.of(namespace)].filter((one) => !differsInNumbers(one, key)),
  );
  const nothing = `Nothing is stored under ${quote(key)} in ${quote(namespace)}`;
  if (near === undefined) {
    return scripts?.complete === true
      ? [{ span, message: `${nothing}, and no script of this workspace saves it.` }]
      : [];
  }
  const message = `${nothing}. Did you mean ${quote(near)}?`;
  return [{ span, message, severity: "warning", fixes: correction(correctable, near) }];
}

/** The keys that the script itself saves to the namespaces that it loads from. */
function keysSavedIn(model: ScriptModel, loads: readonly Load[]): KeysByNamespace {
  const wanted = new Map(loads.map(({ namespace }) => [namespace, new Set<string>()]));
  for (const use of allUses(model)) {
    const { member, namespace, key } = touchedBy(use) ?? {};
    if (member?.access !== "write" || namespace?.kind !== "exact" || key?.kind !== "exact")
      continue;
    wanted.get(namespace.text)?.add(key.text);
  }
  return new Map(Array.from(wanted, ([namespace, keys]) => [namespace, Array.from(keys, ownText)]));
}

/** The keys that scripts save, by namespace; each namespace is gone through once. */
class SavedKeys {
  readonly #here: KeysByNamespace;
  readonly #scripts: KnownUses | undefined;
  readonly #known = new Map<string, readonly string[]>();

  constructor(here: KeysByNamespace, scripts: KnownUses | undefined) {
    this.#here = here;
    this.#scripts = scripts;
  }

  of(namespace: string): readonly string[] {
    const known = this.#known.get(namespace) ?? this.#find(namespace);
    this.#known.set(namespace, known);
    return known;
  }

  #find(namespace: string): readonly string[] {
    const here = this.#here.get(namespace) ?? [];
    if (this.#scripts === undefined) return here;
    // Of scripts that are still being read, one may save the very key.
    if (!this.#scripts.complete) return [];
    const keys = new Set([...here, ...this.#scripts.ofNamespace(namespace).saved]);
    return [...keys].slice(0, COMPARED);
  }
}

/** What the script itself saves, or may save. */
function savesIn(model: ScriptModel): EntrySet {
  const saves = allUses(model).flatMap((use) => {
    const touched = touchedBy(use);
    return touched?.member.access === "write" ? [touched] : [];
  });
  return new EntrySet(saves);
}

function exact(text: string): KnownText {
  return { kind: "exact", text };
}

/** `item1` and `item2` are two things and no slip. */
function differsInNumbers(one: string, other: string): boolean {
  return one.replace(/\d+/g, "0") === other.replace(/\d+/g, "0");
}

/** What stands between the quotes, where the key is written as it is. */
function contentOf({ literal }: Argument, text: string): Span | undefined {
  const span = literal?.contentSpan;
  return span !== undefined && text.slice(span.start, span.end) === literal?.value
    ? span
    : undefined;
}

function correction(span: Span | undefined, near: string): Fix[] {
  // Only where the other key can be written as it is, too.
  if (span === undefined || /["'\\\]]|[^\x20-\x7e]/.test(near)) return [];
  return [{ title: `Change to "${near}"`, changes: [{ span, newText: near }], preferred: true }];
}
