import type { ScriptModel } from "../language/model.ts";
import { buildScriptModel } from "../language/script-model.ts";
import type { ModuleLookup } from "../language/wrappers/summary.ts";

/** A document as far as a model needs it. */
interface VersionedText {
  readonly uri: string;
  readonly version: number;
  getText(): string;
}

interface Built {
  readonly version: number;
  /** The modules that it was built with. */
  readonly modules: number;
  readonly model: ScriptModel;
}

/** The script models of open documents, each built once per version of it and of the modules. */
export class ScriptModels {
  readonly #models = new Map<string, Built>();
  #modules = 0;

  /**
   * The model of the document as it is now.
   * @param modules finds what it requires
   * @param built hears of a new model
   */
  of(
    document: VersionedText,
    modules: ModuleLookup | undefined,
    built: (model: ScriptModel) => void,
  ): ScriptModel {
    const { uri, version } = document;
    const known = this.#models.get(uri);
    if (known?.version === version && known.modules === this.#modules) return known.model;
    const model = buildScriptModel(document.getText(), modules, known?.model);
    this.#models.set(uri, { version, modules: this.#modules, model });
    built(model);
    return model;
  }

  /**
   * What scripts are to those who require them has changed: every model is built again when asked for.
   * @param alone the document whose script is the only one that did; to itself it is no module
   */
  modulesChanged(alone?: string): void {
    const own = alone === undefined ? undefined : this.#models.get(alone);
    const current = own?.modules === this.#modules;
    this.#modules++;
    if (alone === undefined || own === undefined || !current) return;
    this.#models.set(alone, { ...own, modules: this.#modules });
  }

  /** Forgets a closed document. */
  forget(uri: string): void {
    this.#models.delete(uri);
  }
}
