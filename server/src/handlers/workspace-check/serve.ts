import type { MessagePort } from "node:worker_threads";
import type { StateConfiguration } from "../../config/types.ts";
import { CachedView } from "../../engine/cached-view.ts";
import type { EngineOptions } from "../../engine/engine.ts";
import { openStore } from "../../engine/open-store.ts";
import type { StateView } from "../../engine/types.ts";
import { openStateView } from "../../engine/view.ts";
import { buildScriptModel } from "../../language/script-model.ts";
import { type Looked, lookAt } from "../../service/diagnose.ts";
import { UsesOfOthers } from "../../service/known-uses.ts";
import type { Elsewhere } from "../../service/rules/rule.ts";
import { findSecrets } from "../../service/sensitive/find-secrets.ts";
import { engineOptions } from "../../workspace/engine-options.ts";
import type { Indexer } from "../../workspace/index/indexer.ts";
import { Room } from "../../workspace/index/make-room.ts";
import { lineStarts, placeOf } from "../../workspace/index/places.ts";
import { rangeOfPlace } from "../positions.ts";
import type { PlacedFinding } from "../to-diagnostic.ts";
import { KnownScripts } from "./known-scripts.ts";
import type { CheckedScript, CheckPass, FromCheckWorker } from "./wire.ts";

/** Scripts in one message. */
const BATCH = 20;
/** Findings of one script: they are a list to work through, and more come when it is opened. */
const LIMIT = 100;
/** How long work goes on before messages are looked at, in ms. */
const SLICE = 20;

/**
 * Checks the scripts of one workspace folder that nobody has open, in the thread that knows them, for
 * who has the other end of `port`. Ends when that closes.
 */
export function serveChecks(port: MessagePort, indexer: Indexer): void {
  const checks = new ScriptChecks(indexer, (message) => port.postMessage(message));
  port.on("message", (pass: CheckPass) => void checks.run(pass));
  port.on("close", () => checks.close());
}

/** All that is kept of a script until it is another one. */
interface LookedScript {
  readonly taken: Looked;
  /** Offsets at which its lines begin. */
  readonly lines: Int32Array;
}

class ScriptChecks {
  readonly #indexer: Indexer;
  readonly #post: (message: FromCheckWorker) => void;
  readonly #scripts: KnownScripts;
  /** What the rules took from each script under `lookedUnder`; undefined: nothing is to be found in it. */
  readonly #looked = new Map<string, LookedScript | undefined>();
  #lookedUnder = "";
  readonly #room = new Room();
  #opened: OpenView | undefined;
  #pauseAt = 0;
  #closed = false;

  constructor(indexer: Indexer, post: (message: FromCheckWorker) => void) {
    this.#indexer = indexer;
    this.#post = post;
    this.#scripts = new KnownScripts(indexer, (file) => this.#looked.delete(file));
  }

  /** One look at all scripts. */
  async run(pass: CheckPass): Promise<void> {
    try {
      await this.#check(pass);
    } catch (error) {
      this.#post({ failed: String(error instanceof Error ? error.stack : error) });
    }
  }

  close(): void {
    this.#closed = true;
    this.#scripts.close();
    void this.#opened?.close();
  }

  async #check(pass: CheckPass): Promise<void> {
    await this.#indexer.settled();
    const { view } = this.#scripts;
    this.#scripts.setOpen(pass.open);
    await this.#look(pass);
    const elsewhere = { view: this.#viewOf(pass.configuration), workspace: view };
    // To no script in particular: what many of them ask for is found once.
    const others = new UsesOfOthers("");
    let checked: CheckedScript[] = [];
    const done: string[] = [];
    for (const file of this.#scripts.closed()) {
      if (this.#closed) return;
      done.push(file);
      checked.push({ file, found: await this.#findingsOf(file, elsewhere, others) });
      await this.#makeRoom();
      if (checked.length < BATCH) continue;
      this.#post({ checked });
      checked = [];
    }
    this.#post({ checked });
    this.#post({ done });
  }

  /** Lets the rules take what they need from the scripts that are new to them. */
  async #look({ configuration, ruleSettings, without }: CheckPass): Promise<void> {
    const settings = JSON.stringify([configuration, ruleSettings, without]);
    if (settings !== this.#lookedUnder) this.#looked.clear();
    this.#lookedUnder = settings;
    for (const file of this.#scripts.closed()) {
      if (this.#closed) return;
      if (this.#looked.has(file)) continue;
      const script = this.#indexer.read(file);
      if (!("text" in script)) continue;
      this.#room.make(script.text);
      const taken = await lookAt({
        model: buildScriptModel(script.text, this.#scripts.view.moduleLookup(file)),
        configuration,
        ruleSettings,
        without,
        secrets: findSecrets,
        limit: LIMIT,
        fixes: "none",
      });
      this.#looked.set(file, taken && { taken, lines: Int32Array.from(lineStarts(script.text)) });
      await this.#makeRoom();
    }
  }

  async #findingsOf(
    file: string,
    elsewhere: Elsewhere,
    others: UsesOfOthers,
  ): Promise<readonly PlacedFinding[]> {
    const looked = this.#looked.get(file);
    if (looked === undefined) return [];
    const { taken, lines } = looked;
    // Nobody sees a hint in a file that is not open.
    const found = (await taken.conclude(elsewhere, others)).filter(
      ({ severity }) => severity !== "hint",
    );
    return found.map(({ span, fixes: _, ...finding }) => ({
      ...finding,
      range: rangeOfPlace(placeOf(span, lines)),
    }));
  }

  /** Lets the index answer. */
  async #makeRoom(): Promise<void> {
    if (performance.now() < this.#pauseAt) return;
    await new Promise((resume) => setImmediate(resume));
    this.#pauseAt = performance.now() + SLICE;
  }

  /** What is stored; state in memory lives in another thread and is not looked at. */
  #viewOf(configuration: StateConfiguration | undefined): StateView | undefined {
    const options = configuration && engineOptions(configuration);
    const key = JSON.stringify(options);
    if (this.#opened?.key !== key) {
      void this.#opened?.close();
      this.#opened = options && openView(options, key);
    }
    this.#opened?.refresh();
    return this.#opened?.view;
  }
}

interface OpenView {
  /** The options that it stands on. */
  readonly key: string;
  readonly view: StateView;
  /** Before each pass: what was kept of another moment goes. */
  readonly refresh: () => void;
  readonly close: () => Promise<void>;
}

function openView(options: EngineOptions, key: string): OpenView | undefined {
  if (options.backend === "memory") return undefined;
  if (options.backend === "sqlite") {
    const view = openStateView(options);
    return { key, view, refresh: () => {}, close: async () => view.close() };
  }
  const store = openStore(options);
  const view = new CachedView(store);
  return { key, view, refresh: () => view.forget(), close: () => store.close() };
}
