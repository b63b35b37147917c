import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { MessagePort } from "node:worker_threads";
import type { FSWatcher } from "chokidar";
import { databaseAddress, describeAddress } from "../../../shared/src/database-url.ts";
import { type Problem, StateError, toProblem } from "../../../shared/src/errors.ts";
import type { Change, StoreInfo } from "../../../shared/src/protocol.ts";
import { loadConfiguration } from "../config/load.ts";
import { parseConfiguration } from "../config/parse.ts";
import type {
  ConfigProblem,
  DatabaseSettings,
  LoadedConfiguration,
  StateConfiguration,
} from "../config/types.ts";
import { CachedView } from "../engine/cached-view.ts";
import { type ConnectOptions, type EngineWorker, startEngineWorker } from "../engine/client.ts";
import type { Engine, EngineOptions, FeedEvent } from "../engine/engine.ts";
import { ChangeFeed } from "../engine/feed.ts";
import { type JobsProcess, startJobsProcess } from "../engine/jobs-process.ts";
import { databaseFile } from "../engine/sqlite/files.ts";
import type { Origin, StateView } from "../engine/types.ts";
import { openStateView, type StateReader } from "../engine/view.ts";
import { watchConfiguration } from "./configuration-watch.ts";
import { engineOptions } from "./engine-options.ts";
import { type FolderWatch, watchFolder } from "./folder-watch.ts";
import type { IndexProgress } from "./index/wire.ts";
import { type IndexChange, WorkspaceIndex } from "./index/workspace-index.ts";

export interface FolderOptions {
  readonly uri: string;
  /** For people. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** A configuration file named by the user, used instead of the discovered one. */
  readonly explicitFile: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly trusted: boolean;
  /** Codes that `[state.rules]` may name. */
  readonly knownRules: readonly string[];
  /** File of the engine's worker thread. */
  readonly engineWorker: string;
  /** File of the worker thread that reads and checks the scripts. */
  readonly scriptsWorker: string;
  /** A folder of the editor's for what may be found out again; undefined: nothing is kept. */
  readonly cacheFolder: string | undefined;
  /** Globs of scripts that are left alone, as in VS Code's `files.exclude`. */
  readonly exclude: readonly string[];
  /** What is known of the folder's scripts is more, or another. */
  readonly onIndex: (folder: StateFolder, change: IndexChange) => void;
  readonly onIndexProgress: (folder: StateFolder, progress: IndexProgress) => void;
  /** The reading of scripts ended by itself; `again`: it begins anew. */
  readonly onIndexFailure: (folder: StateFolder, error: Error, again: boolean) => void;
  /** State changed, in this process or another one. */
  readonly onChange: (folder: StateFolder, event: FeedEvent) => void;
  /** The list of backups may be another one. */
  readonly onBackups: (folder: StateFolder) => void;
  /** The configuration was read again after its file changed. */
  readonly onConfiguration: (folder: StateFolder, reloaded: Reloaded) => void;
}

export interface Reloaded {
  /** The file that was in use before. */
  readonly fileBefore: string | undefined;
  /** The state folder in use before, when it still holds a store and is no longer looked at. */
  readonly leftBehind: string | undefined;
}

/** A connection for one script; `release` it when the run has ended. */
export interface ScriptConnection {
  readonly port: MessagePort;
  readonly release: () => Promise<void>;
}

/**
 * One workspace folder: its configuration and its store. Reading goes through `view()` on this
 * thread; everything else through engine workers that start when they are first asked for.
 */
export class StateFolder {
  readonly id: string;
  readonly uri: string;
  readonly name: string;
  readonly path: string;
  readonly #options: FolderOptions;
  #index: WorkspaceIndex | undefined;
  #loaded: LoadedConfiguration = { file: undefined, configuration: undefined, problems: [] };
  #opened: OpenStore | undefined;
  #watch: FSWatcher | undefined;
  #reloading: Promise<void> = Promise.resolve();
  #closed = false;
  #exclude: readonly string[];

  constructor(options: FolderOptions) {
    this.#options = options;
    this.#exclude = options.exclude;
    this.uri = options.uri;
    this.name = options.name;
    this.path = options.path;
    this.id = createHash("sha256").update(options.uri).digest("hex").slice(0, 12);
  }

  /** Reads the configuration, opens its store for reading and follows both from now on. */
  async open(): Promise<void> {
    await this.#load();
    this.#index = this.#startIndex();
    this.#watch = watchConfiguration(this.path, this.#options.explicitFile, () => {
      this.#reloading = this.#reloading.then(() => this.#reload());
    });
  }

  /** What all its scripts do to State; undefined before `open` is done. */
  get index(): WorkspaceIndex | undefined {
    return this.#index;
  }

  #startIndex(): WorkspaceIndex {
    const { scriptsWorker, cacheFolder, onIndex, onIndexProgress, onIndexFailure } = this.#options;
    const index = new WorkspaceIndex({
      folder: this.path,
      worker: scriptsWorker,
      ...this.#leftAlone(),
      watch: true,
      cacheFile: cacheFolder && join(cacheFolder, `scripts-${this.id}.json`),
      onChange: (change) => onIndex(this, change),
      onProgress: (progress) => onIndexProgress(this, progress),
      onFailure: (error, again) => onIndexFailure(this, error, again),
    });
    index.start();
    return index;
  }

  /** Globs of scripts that are left alone. */
  get exclude(): readonly string[] {
    return this.#exclude;
  }

  /** Other scripts are left alone from now on. */
  async setExclude(exclude: readonly string[]): Promise<void> {
    this.#exclude = exclude;
    await this.#index?.leaveAlone(this.#leftAlone());
  }

  /** Beside what the user excludes: the state's own folders. */
  #leftAlone() {
    const { configuration } = this.#loaded;
    const skip = configuration === undefined ? [] : [configuration.path, configuration.backupDir];
    return { skip, exclude: this.#exclude };
  }

  async #reload(): Promise<void> {
    if (this.#closed) return;
    const before = this.#loaded;
    await this.#load();
    if (JSON.stringify(before) === JSON.stringify(this.#loaded)) return;
    void this.#index?.leaveAlone(this.#leftAlone());
    this.#options.onConfiguration(this, {
      fileBefore: before.file,
      leftBehind: leftBehind(fileFolder(before.configuration), this.#loaded.configuration),
    });
  }

  /** A store that stays as it is stays open. */
  async #load(): Promise<void> {
    const { explicitFile, variables: environment, trusted, knownRules } = this.#options;
    this.#loaded = await loadConfiguration({
      workspaceFolder: this.path,
      explicitFile,
      environment,
      trusted,
      knownRules,
    });
    const { configuration } = this.#loaded;
    const options = configuration && engineOptions(configuration);
    if (this.#opened?.stands(options)) return;
    await this.#opened?.close("finish");
    this.#opened =
      options &&
      new OpenStore(options, this.#options.engineWorker, {
        onChange: (event) => this.#options.onChange(this, event),
        onBackups: () => this.#options.onBackups(this),
      });
  }

  /** The effective settings; undefined when the file cannot be used. */
  get configuration(): StateConfiguration | undefined {
    return this.#loaded.configuration;
  }

  /** The configuration file in use, also when it is broken. */
  get configurationFile(): string | undefined {
    return this.#loaded.file;
  }

  get problems(): readonly ConfigProblem[] {
    return this.#loaded.problems;
  }

  /** What the configuration would be if `text` were in `file` (an absolute path). */
  judge(text: string, file: string): LoadedConfiguration {
    const { variables: environment, trusted, knownRules } = this.#options;
    const context = { workspaceFolder: this.path, environment, trusted, knownRules };
    return parseConfiguration(text, file, context);
  }

  /** The effective settings. @throws StateError `config-...` */
  usableConfiguration(): StateConfiguration {
    const { configuration } = this.#loaded;
    if (configuration !== undefined) return configuration;
    throw this.#configurationError();
  }

  /** What is stored, for looking; undefined when the configuration is broken. */
  view(): StateView | undefined {
    return this.#opened?.view;
  }

  /** The schema version of what is stored; undefined where nothing is, and in memory. */
  async schemaVersion(): Promise<string | undefined> {
    return await this.#opened?.schemaVersion();
  }

  /** The newest changes that are still known, oldest first. @throws StateError `config-...` */
  async recentChanges(limit: number): Promise<readonly Change[]> {
    return await this.#open().recentChanges(limit);
  }

  /** What is stored, for an answer that needs it. @throws StateError `config-...` */
  openView(): StateView {
    return this.#open().view;
  }

  /** For short writes. @throws StateError `config-...` */
  engine(): Engine {
    return this.#open().writer();
  }

  /** For long work, so that it keeps no write waiting. @throws StateError `config-...` */
  jobs(): Engine {
    return this.#open().jobs();
  }

  /**
   * A connection for one script's State calls; in a dry run nothing of what it writes is kept.
   * @throws StateError `config-...`
   */
  connectScript(origin: Origin, options: ConnectOptions): ScriptConnection {
    const { enabled } = this.usableConfiguration();
    return this.#open().connectScript(origin, enabled, options);
  }

  /** A port to what `engine` gives, for another thread; the caller closes it. @throws StateError `config-...` */
  connectEngine(origin: Origin): MessagePort {
    return this.#open().connect(origin);
  }

  /** What the client shows of this store; a store that cannot be read says why. */
  async info(): Promise<StoreInfo> {
    const { configuration } = this.#loaded;
    const about = { store: this.id, name: this.name, folder: this.uri };
    if (configuration === undefined) {
      const problem = toProblem(this.#configurationError());
      const unknown = { backend: "sqlite", path: "", exists: false, schemaVersion: "" } as const;
      return { ...about, ...unknown, problem };
    }
    const { schemaVersion } = configuration;
    const { backend, postgres } = engineOptions(configuration);
    const path = postgres === undefined ? configuration.path : placeOf(postgres);
    const state = await this.#look(schemaVersion);
    const { backupRetentionDays: days, maxBackups: count } = configuration;
    const shared = postgres !== undefined;
    return { ...about, backend, path, shared, retention: { days, count: count ?? null }, ...state };
  }

  async #look(
    schemaVersion: string,
  ): Promise<{ exists: boolean; schemaVersion: string; problem?: Problem }> {
    try {
      const exists = (await this.openView().revision()) > 0;
      return { exists, schemaVersion };
    } catch (error) {
      return { exists: true, schemaVersion, problem: toProblem(error) };
    }
  }

  #open(): OpenStore {
    if (this.#opened !== undefined) return this.#opened;
    throw this.#configurationError();
  }

  #configurationError(): StateError {
    const problem = this.#loaded.problems.find(({ rule }) => rule !== "config-unknown-key");
    if (problem === undefined) {
      return new StateError(
        "not-ready",
        `The state of ${this.name} is still being opened.`,
        "Try again in a moment.",
      );
    }
    const { rule, file, range, message, next } = problem;
    const { line, character } = range.start;
    return new StateError(rule, `${file}:${line + 1}: ${message}`, next, {
      data: { file, line: line + 1, column: character + 1 },
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#watch?.close();
    await this.#reloading;
    await this.#index?.close();
    await this.#opened?.close("finish");
    this.#opened = undefined;
  }
}

/** The state folder in use before, when it is no longer looked at and still holds a store. */
function leftBehind(
  before: string | undefined,
  now: StateConfiguration | undefined,
): string | undefined {
  if (before === undefined || now === undefined || before === fileFolder(now)) return undefined;
  return existsSync(databaseFile(before)) ? before : undefined;
}

/** The folder whose store is used; undefined: the state is in a database. */
function fileFolder(configuration: StateConfiguration | undefined): string | undefined {
  return configuration?.backend === "postgres" ? undefined : configuration?.path;
}

/** `db.example.org:5432/team, llmspell_state.default`: the server and database, and the store there. */
function placeOf({ url, schema, store }: DatabaseSettings): string {
  return `${describeAddress(databaseAddress(url))}, ${schema}.${store}`;
}

interface StoreEvents {
  readonly onChange: (event: FeedEvent) => void;
  readonly onBackups: () => void;
}

/** How often a database is looked at whose engine says nothing, in ms: it listens, or looks itself. */
const FAR_FALLBACK = 10_000;

/** What stands on one effective configuration and goes with it. */
class OpenStore {
  readonly view: StateView;
  readonly #options: EngineOptions;
  readonly #entry: string;
  readonly #reader: StateReader | undefined;
  readonly #feed: ChangeFeed;
  readonly #backups: FolderWatch;
  readonly #writer: EngineWorker;
  #jobs: JobsProcess | undefined;

  constructor(options: EngineOptions, entry: string, { onChange, onBackups }: StoreEvents) {
    this.#options = options;
    this.#entry = entry;
    const far = options.backend === "postgres";
    this.#writer = startEngineWorker(entry, options, { listens: far });
    // State in memory lives in the engine's thread and nowhere else; a database is asked there too.
    this.#reader = options.backend === "sqlite" ? openStateView(options) : undefined;
    const cache = far ? new CachedView(this.#writer) : undefined;
    this.view = cache ?? this.#reader ?? this.#writer;
    const tell = (event: FeedEvent): void => {
      cache?.forget();
      onChange(event);
    };
    this.#feed = new ChangeFeed(this.#reader ?? this.#writer, tell, {
      ...(far ? { fallbackMs: FAR_FALLBACK } : {}),
      tellsLoss: true,
    });
    this.#backups = watchFolder(options.backupDir, onBackups);
    this.#writer.onChanged(() => {
      // At once, so that who has just written does not read what was there before.
      cache?.forget();
      this.#feed.poke();
    });
  }

  async schemaVersion(): Promise<string | undefined> {
    if (this.#options.backend !== "postgres") return await this.#reader?.schemaVersion();
    return (await this.view.revision()) > 0 ? await this.#writer.schemaVersion() : undefined;
  }

  async recentChanges(limit: number): Promise<readonly Change[]> {
    const source = this.#reader ?? this.#writer;
    const newest = await source.revision();
    const since = await source.changesSince(Math.max(0, newest - limit), limit);
    return since.gap ? [] : since.changes;
  }

  stands(options: EngineOptions | undefined): boolean {
    return JSON.stringify(options) === JSON.stringify(this.#options);
  }

  writer(): Engine {
    return this.#writer;
  }

  connect(origin: Origin): MessagePort {
    return this.#writer.connect(origin);
  }

  jobs(): Engine {
    if (this.#options.backend === "memory") return this.#writer;
    if (this.#jobs === undefined) {
      this.#jobs = startJobsProcess(this.#entry, this.#options);
      this.#jobs.onChanged(() => this.#feed.poke());
    }
    return this.#jobs;
  }

  /** Where state is switched off, each run has a memory of its own. */
  connectScript(origin: Origin, shared: boolean, options: ConnectOptions): ScriptConnection {
    const engine = shared ? this.#writer : startEngineWorker(this.#entry, this.#options);
    return {
      port: engine.connect(origin, options),
      release: async () => {
        if (!shared) await engine.close();
      },
    };
  }

  /** @param jobs what becomes of long work that is under way; what is finished is not waited for */
  async close(jobs: "cancel" | "finish"): Promise<void> {
    this.#backups.close();
    await this.#feed.close();
    if (jobs === "finish") this.#jobs?.finish();
    await Promise.all([this.#writer.close(), jobs === "cancel" ? this.#jobs?.close() : undefined]);
    this.#reader?.close();
  }
}
