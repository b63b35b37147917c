import { relative, sep } from "node:path";
import { isInside } from "../../config/parse.ts";
import type { StateConfiguration } from "../../config/types.ts";
import type { StateView } from "../../engine/types.ts";
import type { ScriptModel } from "../../language/model.ts";
import { buildScriptModel } from "../../language/script-model.ts";
import { type Looked, lookAt } from "../../service/diagnose.ts";
import { UsesOfOthers } from "../../service/known-uses.ts";
import { findSecrets } from "../../service/sensitive/find-secrets.ts";
import type { Diagnostic } from "../../service/types.ts";
import { FolderScripts } from "../../workspace/scripts-view.ts";
import { readScript } from "./script-text.ts";
import { boundYoungHeap } from "./young-heap.ts";

/** Scripts between two looks at the heap. */
const BETWEEN_LOOKS = 20;

export interface CheckerOptions {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  readonly configuration: StateConfiguration | undefined;
  readonly view: StateView | undefined;
  /** Whether the diagnostics are to carry the rules' fixes. */
  readonly fixes: boolean;
}

export interface CheckedScript {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** What was taken from a script, and its text. */
interface LookedScript {
  readonly text: string;
  readonly taken: Looked;
}

const NOTHING: CheckedScript = { text: "", diagnostics: [] };

/**
 * Judges scripts with what all scripts of the workspace do. Each is parsed once: while the workspace
 * is read, the rules take from a script what they need, and judge when all of it is known.
 */
export class Checker {
  readonly #options: CheckerOptions;
  readonly #scripts: FolderScripts;
  /** By name in the workspace; undefined: nothing is to be found in it. */
  readonly #looked = new Map<string, LookedScript | undefined>();
  /** To no script in particular: what many of them ask for is found once. */
  readonly #others = new UsesOfOthers("");

  constructor(options: CheckerOptions) {
    this.#options = options;
    const { configuration } = options;
    const state = configuration === undefined ? [] : [configuration.path, configuration.backupDir];
    const skip = state.map((path) => this.#nameOf(path) ?? "").filter((path) => path !== "");
    const all = { skip, exclude: [], maxFiles: Number.POSITIVE_INFINITY };
    this.#scripts = new FolderScripts(options.folder, all);
  }

  /** Reads the workspace. @param files absolute paths of the scripts that are to be checked */
  async look(files: readonly string[]): Promise<void> {
    const wanted = new Set(files.map((file) => this.#nameOf(file)));
    let read = 0;
    for (const { file, model } of this.#scripts.refresh()) {
      if (++read % BETWEEN_LOOKS === 0) boundYoungHeap();
      if (model !== undefined && wanted.has(file)) this.#looked.set(file, await this.#take(model));
    }
  }

  /** What is wrong with a script. @param file absolute path. @throws StateError `unreadable-file` */
  async check(file: string): Promise<CheckedScript> {
    const name = this.#nameOf(file) ?? "";
    if (!this.#looked.has(name)) {
      const { text } = await readScript(file);
      return { text, diagnostics: await this.find(text, file) };
    }
    const looked = this.#looked.get(name);
    this.#looked.delete(name);
    return looked === undefined
      ? NOTHING
      : { text: looked.text, diagnostics: await this.#conclude(looked.taken, true) };
  }

  /** What is wrong with a text. @param file absolute path; undefined: standard input */
  async find(text: string, file: string | undefined): Promise<readonly Diagnostic[]> {
    const name = file === undefined ? undefined : this.#nameOf(file);
    const model = buildScriptModel(text, this.#scripts.view.moduleLookup(name ?? ""));
    const looked = await this.#lookAt(model);
    return looked === undefined
      ? []
      : await this.#conclude(looked, file === undefined || name !== undefined);
  }

  async #take(model: ScriptModel): Promise<LookedScript | undefined> {
    const taken = await this.#lookAt(model);
    return taken && { text: model.text, taken };
  }

  #lookAt(model: ScriptModel): Promise<Looked | undefined> {
    const { configuration, fixes } = this.#options;
    return lookAt({
      model,
      configuration,
      secrets: findSecrets,
      limit: Number.POSITIVE_INFINITY,
      fixes: fixes ? "own" : "none",
    });
  }

  /** @param inside whether the script belongs to the workspace */
  #conclude(looked: Looked, inside: boolean): Promise<readonly Diagnostic[]> {
    const { view } = this.#options;
    return looked.conclude(
      { view, workspace: inside ? this.#scripts.view : undefined },
      this.#others,
    );
  }

  /** A file's name in the workspace; undefined for one outside. */
  #nameOf(path: string): string | undefined {
    const { folder } = this.#options;
    return isInside(path, folder) ? relative(folder, path).split(sep).join("/") : undefined;
  }
}
