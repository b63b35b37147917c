import { createHash } from "node:crypto";
import type { ScriptModel } from "../../language/model.ts";
import { buildScriptModel } from "../../language/script-model.ts";
import type { ModuleSummary } from "../../language/wrappers/summary.ts";
import { components } from "./components.ts";
import { Room } from "./make-room.ts";
import { findModule } from "./modules.ts";
import { requiredNames } from "./required-names.ts";
import { summarize } from "./summarize.ts";
import { emptySummary, type FileSummary, NO_MODULE } from "./summary.ts";
import { TextPool } from "./text-pool.ts";

/** The text of a script, or what is known of it without. */
export type ScriptText = { readonly text: string } | { readonly summary: FileSummary };

/** A script that was understood. */
export interface Understood {
  readonly summary: FileSummary;
  /** What the summary is of; undefined where the script could not be read. */
  readonly model: ScriptModel | undefined;
}

/** Rounds in which scripts that require each other are understood: as many levels deep. */
const MAX_ROUNDS = 6;

interface Node {
  /** Names by which it may require others. */
  readonly names: readonly string[];
  /** Scripts that it finds under them. */
  readonly targets: readonly string[];
  readonly module: ModuleSummary | undefined;
  /** The scripts that require each other, this one among them, when it was understood; "": none. */
  readonly circle: string;
}

const NEW: Node = { names: [], targets: [], module: undefined, circle: "" };

/** What is to be kept of a script between two runs of the program. */
export interface KnownScript {
  readonly names: readonly string[];
  readonly targets: readonly string[];
  readonly circle: string;
  readonly summary: FileSummary;
}

/**
 * The scripts of a folder and which requires which. What a script does depends on its text and on
 * the modules that it requires, never on the order in which anything changed.
 */
export class ScriptGraph {
  readonly #nodes = new Map<string, Node>();
  /** Scripts that are open in the editor: what they are to others is told from there. */
  readonly #given = new Map<string, ModuleSummary>();
  readonly #read: (file: string) => ScriptText;
  readonly #pool = new TextPool();
  readonly #room = new Room();

  /** @param read gives a script's text now; never throws */
  constructor(read: (file: string) => ScriptText) {
    this.#read = read;
  }

  /** Takes over what was found out before; the caller says what has changed since then. */
  restore({ names, targets, circle, summary }: KnownScript): void {
    this.#nodes.set(summary.file, { names, targets, circle, module: summary.module });
  }

  /** What `restore` takes beside the summary. */
  linksOf(file: string): Omit<KnownScript, "summary"> {
    const { names, targets, circle } = this.#nodes.get(file) ?? NEW;
    return { names, targets, circle };
  }

  isGiven(file: string): boolean {
    return this.#given.has(file);
  }

  /** Sets what an open script is to others; undefined: it is as its file is. */
  give(file: string, module: ModuleSummary | undefined): void {
    if (module === undefined) this.#given.delete(file);
    else this.#given.set(file, module);
  }

  /**
   * Brings all up to date after some scripts changed, came or went (`removed`), or were given. Yields
   * every script that was understood anew, one at a time, so that the caller may pause; what it
   * yields is final unless a further one of the same script follows.
   */
  *update(
    changed: ReadonlySet<string>,
    removed: ReadonlySet<string>,
  ): Generator<Understood, void, void> {
    for (const file of removed) this.#nodes.delete(file);
    const stale = new Set<string>();
    for (const file of changed) {
      const before = this.#nodes.get(file) ?? NEW;
      this.#nodes.set(
        file,
        this.#given.has(file) ? before : { ...before, names: this.#names(file) },
      );
      stale.add(file);
    }
    for (const file of this.#given.keys()) if (!this.#nodes.has(file)) this.#nodes.set(file, NEW);
    this.#link(stale);
    const moved = this.#takeGiven();
    for (const gone of removed) moved.add(gone);
    for (const group of components(this.#nodes.keys(), (file) => this.#targets(file))) {
      const circle = this.#circleOf(group);
      const asks = group.some(
        (file) =>
          stale.has(file) ||
          this.#nodes.get(file)?.circle !== circle ||
          this.#targets(file).some((target) => moved.has(target)),
      );
      if (asks) yield* this.#understand(group, circle, moved);
    }
  }

  #names(file: string): readonly string[] {
    const script = this.#read(file);
    const names = "text" in script ? requiredNames(script.text) : [];
    return names.map((name) => this.#pool.of(name));
  }

  /** Finds out anew which scripts the names mean; those for which that changed are stale. */
  #link(stale: Set<string>): void {
    const exists = (file: string): boolean => this.#nodes.has(file);
    for (const [file, node] of this.#nodes) {
      if (node.names.length === 0 && node.targets.length === 0) continue;
      const found = node.names.map((name) => findModule(name, file, exists));
      const targets = [...new Set(found.filter((target) => target !== undefined))];
      if (targets.join("\n") === node.targets.join("\n")) continue;
      this.#nodes.set(file, { ...node, targets });
      stale.add(file);
    }
  }

  /** An open script is what it is given to be: it asks for nothing. */
  #targets(file: string): readonly string[] {
    return this.#given.has(file) ? [] : (this.#nodes.get(file)?.targets ?? []);
  }

  /** The open scripts that became something else to others. */
  #takeGiven(): Set<string> {
    const moved = new Set<string>();
    for (const [file, module] of this.#given) {
      const node = this.#nodes.get(file) ?? NEW;
      if (!sameToOthers(node.module, module)) moved.add(file);
      this.#nodes.set(file, { ...node, module });
    }
    return moved;
  }

  /** Names the scripts of a group that require each other; "" for one that does not require itself. */
  #circleOf(group: readonly string[]): string {
    const [first = ""] = group;
    if (group.length === 1 && !this.#targets(first).includes(first)) return "";
    return createHash("sha256")
      .update([...group].sort().join("\n"))
      .digest("hex")
      .slice(0, 16);
  }

  *#understand(
    group: readonly string[],
    circle: string,
    moved: Set<string>,
  ): Generator<Understood, void, void> {
    for (const file of group) {
      this.#nodes.set(file, { ...(this.#nodes.get(file) ?? NEW), circle });
    }
    const [first] = group;
    if (first === undefined || this.#given.has(first)) return;
    if (circle === "") {
      const understood = this.#understood(first, (target) => this.#nodes.get(target)?.module);
      if (this.#settle(first, understood.summary.module)) moved.add(first);
      yield understood;
    } else {
      yield* this.#understandCircle(group, moved);
    }
  }

  /**
   * Scripts that require each other are understood in rounds, each from the round before, the first
   * without each other: so it does not matter which of them changed last.
   */
  *#understandCircle(
    group: readonly string[],
    moved: Set<string>,
  ): Generator<Understood, void, void> {
    const files = [...group].sort();
    const inside = new Set(group);
    let known = new Map<string, ModuleSummary>();
    let ask = new Set(files);
    const last = new Map<string, ModuleSummary>();
    for (let round = 0; round < MAX_ROUNDS && ask.size > 0; round++) {
      const before = known;
      const different = new Set<string>();
      known = new Map(before);
      for (const file of ask) {
        const understood = this.#understood(file, (target) =>
          inside.has(target) ? before.get(target) : this.#nodes.get(target)?.module,
        );
        const { module } = understood.summary;
        if (!sameToOthers(before.get(file) ?? NO_MODULE, module)) different.add(file);
        known.set(file, module);
        last.set(file, module);
        yield understood;
      }
      ask = new Set(files.filter((file) => this.#targets(file).some((t) => different.has(t))));
    }
    for (const [file, module] of last) if (this.#settle(file, module)) moved.add(file);
  }

  /** Keeps what a script is to others; tells whether that is something else than before. */
  #settle(file: string, module: ModuleSummary): boolean {
    const node = this.#nodes.get(file) ?? NEW;
    this.#nodes.set(file, { ...node, module });
    return !sameToOthers(node.module, module);
  }

  #understood(file: string, moduleOf: (target: string) => ModuleSummary | undefined): Understood {
    const script = this.#read(file);
    if ("summary" in script) return { summary: script.summary, model: undefined };
    this.#room.make(script.text);
    const { names } = this.#nodes.get(file) ?? NEW;
    const exists = (target: string): boolean => this.#nodes.has(target);
    const found = new Map<string, ModuleSummary>();
    for (const name of names) {
      const target = findModule(name, file, exists);
      const module = target === undefined ? undefined : moduleOf(target);
      if (module !== undefined) found.set(name, module);
    }
    try {
      const model = buildScriptModel(script.text, (name) => found.get(name));
      return { summary: this.#pool.summary(summarize(file, model)), model };
    } catch {
      return { summary: emptySummary(file, "unreadable"), model: undefined };
    }
  }
}

/** Where things stand in a module makes no difference to those who require it. */
function sameToOthers(a: ModuleSummary | undefined, b: ModuleSummary): boolean {
  return a !== undefined && exported(a) === exported(b);
}

function exported({ exports }: ModuleSummary): string {
  return JSON.stringify(exports.map(({ path, value }) => [path, value]));
}
