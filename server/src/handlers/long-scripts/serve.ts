import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { MessagePort } from "node:worker_threads";
import { TextDocument } from "vscode-languageserver-textdocument";
import { StateError, toProblem } from "../../../../shared/src/errors.ts";
import type { Indexer } from "../../workspace/index/indexer.ts";
import { ScriptModels } from "../../workspace/models.ts";
import { fileNamed, type ScriptContext, type ScriptFolder, scriptAt } from "../context.ts";
import { Findings } from "../findings.ts";
import { type Asked, answerAbout, isQuestion, type Question } from "../script-questions.ts";
import { Outdated } from "../slices.ts";
import { KnownScripts } from "../workspace-check/known-scripts.ts";
import { ThreadIndex } from "./thread-index.ts";
import { ThreadState } from "./thread-state.ts";
import type { Asking, FromScriptThread, Surroundings, ToScriptThread } from "./wire.ts";

/** Models of long scripts that are kept: those that were asked about last. */
const KEPT = 3;
/** A script that is as it is for so long, in ms, is told. */
const QUIET = 300;

/**
 * Answers what is asked about open scripts of a folder that are long, in the thread that knows its
 * scripts, for who has the other end of `port`. Ends when that closes.
 */
export function serveQuestions(port: MessagePort, indexer: Indexer): void {
  const thread = new LongScripts(indexer, (message) => port.postMessage(message));
  port.on("message", (message: ToScriptThread) => thread.receive(message));
  port.on("close", () => thread.close());
}

/** Questions about the place of the cursor. */
const AT_CURSOR: ReadonlySet<string> = new Set<Question>([
  "completion",
  "definition",
  "hover",
  "prepareRename",
  "renameIn",
  "renamingAt",
  "signatureHelp",
]);

class LongScripts {
  readonly #post: (message: FromScriptThread) => void;
  readonly #documents = new Map<string, TextDocument>();
  readonly #scripts: KnownScripts;
  readonly #index: ThreadIndex;
  readonly #state: ThreadState;
  readonly #models = new ScriptModels();
  readonly #findings = new Findings();
  readonly #queue: Asking[] = [];
  readonly #cancelled = new Set<number>();
  /** URIs, the one that was asked about longest ago first. */
  readonly #recent = new Set<string>();
  /** URIs of scripts whose last model was not told. */
  readonly #untold = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #surroundings: Surroundings | undefined;
  #answering = false;
  #closed = false;

  constructor(indexer: Indexer, post: (message: FromScriptThread) => void) {
    this.#post = post;
    this.#scripts = new KnownScripts(indexer, (file) => this.#changed(file));
    this.#index = new ThreadIndex(this.#scripts, (path) => this.#opened(path));
    this.#state = new ThreadState(() => post({ engine: true }));
  }

  receive(message: ToScriptThread): void {
    if ("surroundings" in message) this.#take(message.surroundings);
    else if ("document" in message) {
      const { uri, languageId, version, text } = message.document;
      this.#documents.set(uri, TextDocument.create(uri, languageId, version, text));
    } else if ("closed" in message) this.#forget(message.closed);
    else if ("script" in message) {
      this.#index.told(message.script, message.summary);
      this.#changed(message.script);
    } else if ("engine" in message) this.#state.connect(message.engine);
    else if ("cancel" in message) this.#cancelled.add(message.cancel);
    else {
      this.#queue.push(message);
      void this.#answerAll();
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#scripts.close();
    this.#state.close();
  }

  #take(surroundings: Surroundings): void {
    this.#surroundings = surroundings;
    this.#index.complete = surroundings.complete;
    this.#index.folder = surroundings.folder.path;
  }

  #forget(uri: string): void {
    this.#documents.delete(uri);
    this.#models.forget(uri);
    this.#findings.forget(uri);
    this.#recent.delete(uri);
    this.#untold.delete(uri);
    const file = fileNamed(this.#folder(), uri);
    if (file !== uri) this.#index.told(file, undefined);
  }

  /** A script is another one now. */
  #changed(file: string): void {
    const folder = this.#surroundings?.folder;
    if (folder === undefined) return;
    const uri = pathToFileURL(join(folder.path, file)).href;
    this.#models.modulesChanged(uri);
    this.#findings.scriptChanged(uri);
  }

  /** One after the other; what has come meanwhile is read first, since it may make one needless. */
  async #answerAll(): Promise<void> {
    if (this.#answering) return;
    this.#answering = true;
    for (;;) {
      await new Promise((resume) => setImmediate(resume));
      const next = this.#next();
      if (next === undefined || this.#closed) break;
      void this.#answer(next);
    }
    this.#answering = false;
    this.#cancelled.clear();
  }

  /** What somebody waits for with a finger on a key goes before what is drawn when it comes. */
  #next(): Asking | undefined {
    const urgent = this.#queue.findIndex(({ question }) => AT_CURSOR.has(question));
    return this.#queue.splice(Math.max(0, urgent), 1)[0];
  }

  async #answer(asking: Asking): Promise<void> {
    const { ask: id } = asking;
    try {
      if (this.#cancelled.has(id)) throw new Outdated();
      this.#post({ answer: id, result: await this.#find(asking) });
    } catch (error) {
      if (error instanceof Outdated) this.#post({ outdated: id });
      else {
        const thrown = error instanceof StateError ? undefined : stackOf(error);
        this.#post({ failed: id, problem: toProblem(error), thrown });
      }
    }
  }

  async #find({ question, params, uri, version, age }: Asking): Promise<unknown> {
    const context = this.#context();
    if (context === undefined || this.#documents.get(uri)?.version !== version)
      throw new Outdated();
    if (age !== this.#findings.age) this.#state.changed();
    this.#findings.follow(age);
    const script = scriptAt(context, uri);
    if (script === undefined || !isQuestion(question)) {
      throw new Error(`${question} cannot be asked of ${uri}.`);
    }
    this.#keep(uri);
    // Others are about to be judged by what this one does.
    if (question === "diagnostics") this.#tell();
    // What belongs to this question, as the table has it.
    return await answerAbout(context, script, question, params as Asked<Question>);
  }

  /** Of the scripts that were not asked about for longest, no models are kept. */
  #keep(uri: string): void {
    this.#recent.delete(uri);
    this.#recent.add(uri);
    for (const oldest of this.#recent) {
      if (this.#recent.size <= KEPT) return;
      this.#recent.delete(oldest);
      this.#models.forget(oldest);
    }
  }

  #opened(path: string): void {
    this.#untold.add(pathToFileURL(path).href);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), QUIET).unref();
  }

  /** Tells what scripts do that were understood anew. */
  #tell(): void {
    clearTimeout(this.#timer);
    const context = this.#context();
    if (context === undefined) return;
    for (const uri of [...this.#untold]) {
      const script = scriptAt(context, uri);
      this.#untold.delete(uri);
      if (script === undefined || script.file === uri) continue;
      this.#post({ does: this.#index.summaryOf(script.file, script.model), uri });
    }
  }

  #folder(): ScriptFolder | undefined {
    if (this.#surroundings === undefined) return undefined;
    const { folder, configuration, configurationFile } = this.#surroundings;
    return {
      ...folder,
      configuration,
      configurationFile,
      view: () => this.#state.view(configuration),
      engine: () => this.#state.engine,
      index: this.#index,
    };
  }

  #context(): ScriptContext | undefined {
    const folder = this.#folder();
    if (this.#surroundings === undefined || folder === undefined) return undefined;
    const { client, options, trusted, settings } = this.#surroundings;
    return {
      documents: {
        get: (uri) => this.#documents.get(uri),
        all: () => [...this.#documents.values()],
      },
      folders: { of: () => folder },
      models: this.#models,
      findings: this.#findings,
      client,
      options,
      trusted,
      settings,
    };
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
