import { ownText } from "../../../../shared/src/own-text.ts";
import { type FileSummary, NO_MODULE } from "./summary.ts";

/** More different texts than this are no repetition any more: then it begins anew. */
const MOST = 200_000;

/**
 * Keeps every text once. What is cut out of a script's text keeps all of that in memory, in V8 and
 * unseen; what the pool gives stands alone.
 */
export class TextPool {
  readonly #texts = new Map<string, string>();

  /** The same text. */
  of(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= MOST) this.#texts.clear();
    const own = ownText(text);
    this.#texts.set(own, own);
    return own;
  }

  /** The same summary, with texts that stand alone. */
  summary(summary: FileSummary): FileSummary {
    const { exports, requires } = summary.module;
    const isModule = exports.length > 0 || requires.length > 0;
    return {
      ...this.uses(summary),
      module: isModule ? structuredClone(summary.module) : NO_MODULE,
    };
  }

  /** The same summary, the texts of its uses kept once; of one that came from another thread. */
  uses(summary: FileSummary): FileSummary {
    const { numbers, texts } = summary.uses;
    return { ...summary, uses: { numbers, texts: texts.map((text) => this.of(text)) } };
  }
}
