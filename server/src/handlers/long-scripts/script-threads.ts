import type { TextDocument } from "vscode-languageserver-textdocument";
import type { ScriptThread } from "./script-thread.ts";

/** Scripts of more lines are long. */
const LINES = 1000;
/** Characters that stand for a line, where lines are long. */
const WIDTH = 50;
/** What is long stays so until it is shorter by this part: it is not moved to and fro while typed in. */
const SLACK = 0.1;

/** Which scripts are understood in another thread than the server's, and by folder in which. */
export class ScriptThreads {
  readonly #lines: number;
  readonly #long = new Set<string>();
  readonly #threads = new Map<string, ScriptThread>();

  /** @param lines scripts of more are long; by default 1000 */
  constructor(lines: unknown) {
    this.#lines = typeof lines === "number" && lines > 0 ? lines : LINES;
  }

  /** Whether a document is too long for the server's thread. */
  isLong(document: TextDocument): boolean {
    if (document.languageId !== "lua") return false;
    const { uri, lineCount } = document;
    const length = Math.max(lineCount, document.getText().length / WIDTH);
    const bound = this.#long.has(uri) ? this.#lines * (1 - SLACK) : this.#lines;
    if (length > bound) this.#long.add(uri);
    else this.forget(uri);
    return length > bound;
  }

  /** The thread for a folder's long scripts. */
  of(folder: string, start: () => ScriptThread): ScriptThread {
    const known = this.#threads.get(folder);
    if (known !== undefined) return known;
    const thread = start();
    this.#threads.set(folder, thread);
    return thread;
  }

  /** A document was closed: with the last long one go the threads' memories of them. */
  forget(uri: string): void {
    if (this.#long.delete(uri) && this.#long.size === 0) this.close();
  }

  /** A folder is gone. */
  remove(folder: string): void {
    this.#threads.get(folder)?.close();
    this.#threads.delete(folder);
  }

  /** Ends all work; it begins again when something is asked. */
  close(): void {
    for (const thread of this.#threads.values()) thread.close();
    this.#threads.clear();
  }
}
