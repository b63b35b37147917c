import type { ValueType } from "../../../shared/src/protocol.ts";
import type { Shape } from "../language/flow/shape.ts";
import type { KnownText } from "../language/model.ts";
import { overlaps } from "../language/values/matching.ts";
import type {
  ScriptUse,
  UsesOfKey,
  UsesOfName,
  WorkspaceView,
} from "../language/workspace-view.ts";

/** What scripts do with one entry, as far as rules ask. */
export interface EntryUses {
  /** By a call that means it, or may mean it. */
  readonly read: boolean;
  readonly written: boolean;
  /** What is saved by calls that surely mean it: the first of each type, by file and place. */
  readonly types: readonly SavedType[];
}

/** A save of something of a known type. */
export interface SavedType {
  readonly file: string;
  /** 0-based */
  readonly line: number;
  readonly type: ValueType;
}

/** What scripts do with one namespace. */
export interface NamespaceUses {
  /** Somebody asks for its keys. */
  readonly listed: boolean;
  /** The keys that are surely saved in it, by file and place. */
  readonly saved: readonly string[];
}

/**
 * What scripts other than `file` do, in a few facts: good until one of them changes. A name may be
 * used by hundreds of calls, and a script that is typed in asks for the same ones at every edit.
 */
export class UsesOfOthers {
  readonly file: string | undefined;
  readonly entries = new Map<string, EntryUses>();
  readonly namespaces = new Map<string, NamespaceUses>();

  /** @param file as the workspace names it; undefined: all scripts are others */
  constructor(file: string | undefined) {
    this.file = file;
  }
}

/** What all scripts of a workspace do now. */
export class KnownUses {
  /** As {@link WorkspaceView.complete}. */
  readonly complete: boolean;
  readonly #workspace: WorkspaceView;
  readonly #others: UsesOfOthers;
  readonly #own: OwnUses;
  /** Several rules ask for the same entry. */
  readonly #known = new Map<string, EntryUses>();

  /** @param others what is known already of the others, and will be */
  constructor(workspace: WorkspaceView, others = new UsesOfOthers(undefined)) {
    this.complete = workspace.complete;
    this.#workspace = workspace;
    this.#others = others;
    this.#own = new OwnUses(others.file === undefined ? [] : workspace.usesIn(others.file));
  }

  ofEntry(namespace: KnownText, key: KnownText): EntryUses {
    const id = JSON.stringify([namespace, key]);
    const known = this.#known.get(id) ?? this.#find(id, namespace, key);
    this.#known.set(id, known);
    return known;
  }

  #find(id: string, namespace: KnownText, key: KnownText): EntryUses {
    const others = this.#others.entries.get(id) ?? this.#ofOthers(namespace, key);
    this.#others.entries.set(id, others);
    const own = this.#own.near(key).filter((use) => mayMean(use, namespace, key));
    if (own.length === 0) return others;
    const here = new FoundEntryUses({
      same: own.filter((use) => isSame(use.namespace, namespace) && isSame(use.key, key)),
      overlapping: own,
      unknown: [],
    });
    return {
      read: others.read || here.read,
      written: others.written || here.written,
      types: [...others.types, ...here.types].sort(byFile),
    };
  }

  ofNamespace(namespace: string): NamespaceUses {
    const others = this.#others.namespaces.get(namespace) ?? this.#inNamespace(namespace);
    this.#others.namespaces.set(namespace, others);
    const wanted: KnownText = { kind: "exact", text: namespace };
    const own = this.#own.all.filter((use) => includes(wanted, use.namespace));
    if (own.length === 0) return others;
    const same = own.filter((use) => isSame(use.namespace, wanted));
    const here = new FoundNamespaceUses({ same, overlapping: own });
    const saved = new Set([...here.saved, ...others.saved]);
    return { listed: others.listed || here.listed, saved: [...saved] };
  }

  #ofOthers(namespace: KnownText, key: KnownText): EntryUses {
    const uses = this.#workspace.usesOf(namespace, key);
    const { file } = this.#others;
    if (file === undefined) return new FoundEntryUses(uses);
    // What is kept for long holds the facts and not the uses.
    const others = (of: readonly ScriptUse[]) => without(file, of);
    const { read, written, types } = new FoundEntryUses({
      same: others(uses.same),
      overlapping: others(uses.overlapping),
      unknown: others(uses.unknown),
    });
    return { read, written, types };
  }

  #inNamespace(namespace: string): NamespaceUses {
    const uses = this.#workspace.usesOfNamespace({ kind: "exact", text: namespace });
    const { file } = this.#others;
    if (file === undefined) return new FoundNamespaceUses(uses);
    const { listed, saved } = new FoundNamespaceUses({
      same: without(file, uses.same),
      overlapping: without(file, uses.overlapping),
    });
    return { listed, saved };
  }
}

/** The uses of one script: a long one has thousands, and each asks for the others of its key. */
class OwnUses {
  readonly all: readonly ScriptUse[];
  /** Of keys that are known exactly, by key; by their number in the script. */
  readonly #exact = new Map<string, number[]>();
  readonly #others: number[] = [];

  /** @param all by place */
  constructor(all: readonly ScriptUse[]) {
    this.all = all;
    for (const [i, { key }] of all.entries()) {
      if (key?.kind !== "exact") this.#others.push(i);
      else if (this.#exact.get(key.text)?.push(i) === undefined) this.#exact.set(key.text, [i]);
    }
  }

  /** Those that may mean a key: all of them and some more, by place. */
  near(key: KnownText): readonly ScriptUse[] {
    if (key.kind !== "exact") return this.all;
    const found = [...(this.#exact.get(composed(key).text) ?? []), ...this.#others];
    return found.sort((a, b) => a - b).flatMap((i) => this.all[i] ?? []);
  }
}

function without(file: string, uses: readonly ScriptUse[]): readonly ScriptUse[] {
  return uses.filter((use) => use.file !== file);
}

/** Few ask for all of it, and a name may be used by hundreds of calls. */
class FoundEntryUses implements EntryUses {
  readonly #uses: UsesOfKey;

  constructor(uses: UsesOfKey) {
    this.#uses = uses;
  }

  get read(): boolean {
    return this.#does("read");
  }

  get written(): boolean {
    return this.#does("write");
  }

  get types(): readonly SavedType[] {
    return typesIn(this.#uses.same);
  }

  #does(what: ScriptUse["access"]): boolean {
    const isOne = ({ access }: ScriptUse) => access === what;
    const uses = this.#uses;
    return uses.same.some(isOne) || uses.overlapping.some(isOne) || uses.unknown.some(isOne);
  }
}

function typesIn(uses: readonly ScriptUse[]): readonly SavedType[] {
  const types = new Map<ValueType, SavedType>();
  for (const { access, file, place, value } of uses) {
    const type = access === "write" && value !== undefined ? typeOfShape(value) : undefined;
    if (type === undefined || types.has(type)) continue;
    types.set(type, { file, line: place.startLine, type });
  }
  return [...types.values()];
}

class FoundNamespaceUses implements NamespaceUses {
  readonly #uses: UsesOfName;

  constructor(uses: UsesOfName) {
    this.#uses = uses;
  }

  get listed(): boolean {
    const lists = ({ access }: ScriptUse) => access === "list";
    return this.#uses.same.some(lists) || this.#uses.overlapping.some(lists);
  }

  get saved(): readonly string[] {
    const keys = this.#uses.same.flatMap(({ access, key }) =>
      access === "write" && key?.kind === "exact" ? [key.text] : [],
    );
    return [...new Set(keys)];
  }
}

/** Whether a workspace that is asked for this entry tells of the use: see `WorkspaceView.usesOf`. */
function mayMean(use: ScriptUse, namespace: KnownText, key: KnownText): boolean {
  if (use.key === undefined || !includes(namespace, use.namespace)) return false;
  return use.key.kind === "unknown" || overlaps(composed(key), use.key);
}

/** What is not known at all is only told of where everything is asked for. */
function includes(asked: KnownText, name: KnownText): boolean {
  return name.kind === "unknown" ? asked.kind === "unknown" : overlaps(asked, name);
}

function isSame(name: KnownText | undefined, asked: KnownText): boolean {
  if (name?.kind === "exact" && asked.kind === "exact") return name.text === composed(asked).text;
  return name?.kind === "pattern" && JSON.stringify(name) === JSON.stringify(asked);
}

/** Names that the workspace tells are in Unicode NFC. */
function composed<T extends KnownText>(name: T): T {
  return name.kind === "exact" ? { ...name, text: name.text.normalize("NFC") } : name;
}

function byFile(a: SavedType, b: SavedType): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}

/** The type of what a script saves, as far as its text shows it. */
function typeOfShape(shape: Shape): ValueType | undefined {
  switch (shape.kind) {
    case "string":
      return "string";
    case "integer":
    case "float":
    case "number":
      return "float";
    case "table":
      if (shape.fields.length > 0 && shape.items === 0) return "object";
      return shape.items > 0 && shape.fields.length === 0 ? "array" : undefined;
    default:
      return undefined;
  }
}
