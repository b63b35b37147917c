import type { ScriptModel } from "../language/model.ts";
import { buildScriptModel } from "../language/script-model.ts";

/** A document as far as a model needs it. */
interface VersionedText {
  readonly uri: string;
  readonly version: number;
  getText(): string;
}

/** The script models of open documents, each built once per version. */
export class ScriptModels {
  readonly #models = new Map<string, { version: number; model: ScriptModel }>();

  /** The model of the document as it is now. */
  of(document: VersionedText): ScriptModel {
    const known = this.#models.get(document.uri);
    if (known?.version === document.version) return known.model;
    const model = buildScriptModel(document.getText());
    this.#models.set(document.uri, { version: document.version, model });
    return model;
  }

  /** Forgets a closed document. */
  forget(uri: string): void {
    this.#models.delete(uri);
  }
}
