import type { MessagePort } from "node:worker_threads";
import type { CancellationToken } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { fromProblem } from "../../../../shared/src/errors.ts";
import type { FileSummary } from "../../workspace/index/summary.ts";
import { Outdated } from "../slices.ts";
import type { Asking, Failure, FromScriptThread, Surroundings, ToScriptThread } from "./wire.ts";

export interface ScriptThreadOptions {
  /** A port to the thread that knows the folder's scripts; undefined while there is none. */
  readonly connect: () => MessagePort | undefined;
  readonly surroundings: () => Surroundings;
  /** The folder's documents that are open. */
  readonly documents: () => readonly TextDocument[];
  /** What the folder's open scripts do that are understood in this thread, by file. */
  readonly scripts: () => ReadonlyMap<string, FileSummary>;
  /** A port to the state's engine; undefined where the configuration is broken. */
  readonly engine: () => MessagePort | undefined;
  /** A long script does something else now. */
  readonly onScript: (uri: string, does: FileSummary) => void;
}

export interface ScriptQuestion extends Pick<Asking, "question" | "params" | "uri" | "age"> {
  readonly token: CancellationToken | undefined;
}

interface Pending {
  readonly resolve: (answer: { readonly result: unknown } | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** What another thread was told. */
class Told {
  surroundings = "";
  readonly versions = new Map<string, number>();
  readonly scripts = new Map<string, FileSummary>();
}

/**
 * Asks the thread that knows a folder's scripts about the long ones among those that are open. Before
 * each question it is told what has changed since the last one.
 */
export class ScriptThread {
  readonly #options: ScriptThreadOptions;
  readonly #pending = new Map<number, Pending>();
  #port: MessagePort | undefined;
  #told = new Told();
  #nextId = 1;

  constructor(options: ScriptThreadOptions) {
    this.#options = options;
  }

  /**
   * The answer; undefined where there is no such thread, or it ended before it answered.
   * @throws what answering threw; Outdated where the text was another one before it was begun
   */
  async ask({
    token,
    ...asked
  }: ScriptQuestion): Promise<{ readonly result: unknown } | undefined> {
    this.#port ??= this.#connect();
    const port = this.#port;
    if (port === undefined) return undefined;
    const post = (message: ToScriptThread) => port.postMessage(message);
    this.#tell(post);
    const version = this.#told.versions.get(asked.uri);
    if (version === undefined) return undefined;
    const { promise, resolve, reject } = Promise.withResolvers<
      { readonly result: unknown } | undefined
    >();
    const id = this.#nextId++;
    this.#pending.set(id, { resolve, reject });
    post({ ask: id, ...asked, version });
    const listener = token?.onCancellationRequested(() => post({ cancel: id }));
    try {
      return await promise;
    } finally {
      this.#pending.delete(id);
      listener?.dispose();
    }
  }

  /** Ends it; what waits for an answer gets none. */
  close(): void {
    this.#port?.close();
  }

  #connect(): MessagePort | undefined {
    const port = this.#options.connect();
    this.#told = new Told();
    port?.on("message", (message: FromScriptThread) => this.#receive(message));
    port?.on("close", () => {
      if (this.#port === port) this.#port = undefined;
      for (const { resolve } of this.#pending.values()) resolve(undefined);
    });
    port?.unref();
    return port;
  }

  #tell(post: (message: ToScriptThread) => void): void {
    const { versions, scripts } = this.#told;
    const surroundings = this.#options.surroundings();
    const text = JSON.stringify(surroundings);
    if (text !== this.#told.surroundings) post({ surroundings });
    this.#told.surroundings = text;
    const open = this.#options.documents();
    const uris = new Set(open.map(({ uri }) => uri));
    for (const uri of [...versions.keys()]) {
      if (uris.has(uri)) continue;
      versions.delete(uri);
      post({ closed: uri });
    }
    const now = this.#options.scripts();
    for (const file of [...scripts.keys()]) {
      if (now.has(file)) continue;
      scripts.delete(file);
      post({ script: file, summary: undefined });
    }
    for (const [file, summary] of now) {
      if (scripts.get(file) === summary) continue;
      scripts.set(file, summary);
      post({ script: file, summary });
    }
    for (const document of open) {
      const { uri, languageId, version } = document;
      if (versions.get(uri) === version) continue;
      versions.set(uri, version);
      post({ document: { uri, languageId, version, text: document.getText() } });
    }
  }

  #receive(message: FromScriptThread): void {
    if ("does" in message) this.#options.onScript(message.uri, message.does);
    else if ("engine" in message) this.#lendEngine();
    else if ("answer" in message) {
      this.#pending.get(message.answer)?.resolve({ result: message.result });
    } else if ("outdated" in message) {
      this.#pending.get(message.outdated)?.reject(new Outdated());
    } else this.#pending.get(message.failed)?.reject(errorOf(message));
  }

  #lendEngine(): void {
    const engine = this.#options.engine();
    if (engine === undefined) return;
    this.#port?.postMessage({ engine } satisfies ToScriptThread, [engine]);
  }
}

function errorOf({ problem, thrown }: Failure): Error {
  if (thrown === undefined) return fromProblem(problem);
  const error = new Error(problem.message);
  error.stack = thrown;
  return error;
}
