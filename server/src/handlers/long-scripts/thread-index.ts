import type { ScriptModel } from "../../language/model.ts";
import type { RequiredModule } from "../../language/workspace-view.ts";
import type { ModuleLookup } from "../../language/wrappers/summary.ts";
import { fileIn } from "../../workspace/index/file-in.ts";
import { summarize } from "../../workspace/index/summarize.ts";
import type { FileSummary } from "../../workspace/index/summary.ts";
import { UsesView } from "../../workspace/index/uses-view.ts";
import type { ScriptsView } from "../../workspace/scripts-view.ts";
import type { ScriptIndex } from "../context.ts";
import type { KnownScripts } from "../workspace-check/known-scripts.ts";

/** What the thread that reads a folder's scripts knows of them, with long scripts as they are in the editor. */
export class ThreadIndex extends UsesView implements ScriptIndex {
  complete = false;
  /** Absolute path. */
  folder = "";
  readonly #scripts: KnownScripts;
  readonly #opened: (path: string) => void;
  /** Models that nobody has looked at yet. */
  readonly #edited = new Map<string, ScriptModel>();
  readonly #does = new WeakMap<ScriptModel, FileSummary>();

  /** @param changed an open script, by its absolute path, was understood anew */
  constructor(scripts: KnownScripts, changed: (path: string) => void) {
    super();
    this.#scripts = scripts;
    this.#opened = changed;
  }

  fileOf(path: string): string | undefined {
    return fileIn(this.folder, path);
  }

  opened(path: string, script: ScriptModel | FileSummary): void {
    const file = this.fileOf(path);
    if (file === undefined || "file" in script) return;
    this.#edited.set(file, script);
    this.#opened(path);
  }

  /** A script is open as this says; undefined: it counts as it is on disk. */
  told(file: string, summary: FileSummary | undefined): void {
    this.#edited.delete(file);
    this.#scripts.openAs(file, summary);
  }

  /** What a model does. */
  summaryOf(file: string, model: ScriptModel): FileSummary {
    const known = this.#does.get(model);
    if (known !== undefined) return known;
    const summary = summarize(file, model);
    this.#does.set(model, summary);
    return summary;
  }

  protected override upToDate(): ScriptsView {
    for (const [file, model] of this.#edited) {
      this.#scripts.openAs(file, this.summaryOf(file, model));
    }
    this.#edited.clear();
    return this.#scripts.view;
  }

  modulesOf(file: string): readonly RequiredModule[] {
    return this.upToDate().modulesOf(file);
  }

  moduleLookup(file: string): ModuleLookup {
    // While a model is being made, its own module is not known.
    return this.#scripts.view.moduleLookup(file);
  }
}
