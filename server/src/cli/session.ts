import { existsSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type Problem, StateError } from "../../../shared/src/errors.ts";
import { findWorkspaceFolder, loadConfiguration } from "../config/load.ts";
import { isInside } from "../config/parse.ts";
import type { ConfigProblem, LoadedConfiguration, StateConfiguration } from "../config/types.ts";
import type { Engine } from "../engine/engine.ts";
import { networkFileSystem } from "../engine/inspect.ts";
import { openEngine } from "../engine/open.ts";
import { openStore } from "../engine/open-store.ts";
import { databaseFile } from "../engine/sqlite/files.ts";
import type { Store } from "../engine/types.ts";
import { luaMigrations } from "../runner/migrations.ts";
import { RULE_CODES } from "../service/rules/registry.ts";
import { engineOptions } from "../workspace/engine-options.ts";
import { usageError } from "./arguments.ts";
import type { Output } from "./output.ts";

export interface SessionOptions {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--workspace`, `--config` as given. */
  readonly workspace: string | undefined;
  readonly config: string | undefined;
  /** File of the Lua thread. */
  readonly runnerWorker: string;
  readonly output: Output;
}

/** One call's workspace, configuration and state, each looked at when it is first needed. */
export class Session {
  readonly #options: SessionOptions;
  #folder: Promise<string> | undefined;
  #loaded: Promise<LoadedConfiguration> | undefined;
  #engine: Promise<Engine> | undefined;
  #store: Promise<Store> | undefined;
  #noted = false;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Absolute path of the workspace folder. @throws StateError `usage` */
  folder(): Promise<string> {
    this.#folder ??= this.#findFolder();
    return this.#folder;
  }

  /** The configuration with its problems, usable or not. @throws StateError `usage` */
  loaded(): Promise<LoadedConfiguration> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** The usable configuration; what may be overlooked is noted. @throws StateError `config-...` */
  async configuration(): Promise<StateConfiguration> {
    const { configuration, problems } = await this.loaded();
    const { cwd, output } = this.#options;
    if (configuration === undefined) {
      const serious = problems.filter(({ rule }) => rule !== "config-unknown-key");
      throw configurationError(serious, cwd);
    }
    const level = configuration.rules["config-unknown-key"] ?? "warning";
    if (level === "off") return configuration;
    // No default stands in for a setting that was misspelt: `pth` would write somewhere else.
    const slips = problems.filter(({ unknown }) => unknown === "setting");
    if (slips.length > 0 && (level === "warning" || level === "error")) {
      throw configurationError(slips, cwd);
    }
    if (!this.#noted)
      for (const problem of problems) output.note(`warning: ${sentence(problem, cwd)}`);
    this.#noted = true;
    return configuration;
  }

  /** The state, in this thread. Nothing is created until something is written. */
  engine(): Promise<Engine> {
    this.#engine ??= this.#openEngine();
    return this.#engine;
  }

  /** The store itself, for a picture of it at one moment and for many changes in one transaction. */
  store(): Promise<Store> {
    this.#store ??= this.configuration().then((configuration) =>
      openStore(engineOptions(configuration)),
    );
    return this.#store;
  }

  async close(): Promise<void> {
    // What could not be opened has said why already.
    const engine = await this.#engine?.catch(() => undefined);
    const store = await this.#store?.catch(() => undefined);
    await engine?.close();
    await store?.close();
  }

  async #openEngine(): Promise<Engine> {
    const configuration = await this.configuration();
    if (!storesAnything(configuration)) {
      this.#options.output.note(
        `note: nothing is stored: ${configuration.enabled ? 'backend is "memory"' : "enabled is false"} in the configuration; what this command changes is gone when it ends.`,
      );
    }
    const options = engineOptions(configuration);
    if (options.backend === "sqlite" && !existsSync(databaseFile(options.folder))) {
      await this.#noteBeforeFirstWrite(options.folder);
    }
    return openEngine(options, { languages: [luaMigrations(this.#options.runnerWorker)] });
  }

  /** What someone should know before a store is made in `folder`. */
  async #noteBeforeFirstWrite(folder: string): Promise<void> {
    const { output } = this.#options;
    const usual = join(await this.folder(), "state");
    if (folder !== usual && existsSync(databaseFile(usual))) {
      output.note(
        `note: the configuration names ${folder}, where nothing is stored; ${usual} holds a store.`,
      );
    }
    const network = networkFileSystem(existingFolder(folder));
    if (network !== undefined) {
      output.note(
        `warning: ${folder} is on a network file system (${network}), where processes on several machines can damage the store.`,
      );
    }
  }

  async #findFolder(): Promise<string> {
    const { cwd, workspace } = this.#options;
    if (workspace === undefined) return findWorkspaceFolder(cwd);
    const folder = resolve(cwd, workspace);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) {
      throw usageError(`${folder} is not a folder.`, "Name an existing folder with --workspace.");
    }
    return folder;
  }

  async #load(): Promise<LoadedConfiguration> {
    const { cwd, config, environment } = this.#options;
    return await loadConfiguration({
      workspaceFolder: await this.folder(),
      ...(config === undefined ? {} : { explicitFile: resolve(cwd, config) }),
      environment,
      trusted: true,
      knownRules: RULE_CODES,
    });
  }
}

/** Whether anything outlives a command: not where state is in memory, or switched off. */
export function storesAnything({ backend, enabled }: StateConfiguration): boolean {
  return enabled && backend !== "memory";
}

/** The folder, or the nearest one above it that exists. */
function existingFolder(folder: string): string {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  return existing;
}

/** All problems as one error: the first speaks, the rest follow. */
function configurationError(problems: readonly ConfigProblem[], cwd: string): StateError {
  const [first = undefined] = problems;
  const { code, message, next }: Problem =
    first === undefined
      ? { code: "config-value", message: "The configuration cannot be used.", next: "Check it." }
      : {
          code: first.rule,
          message: problems
            .map((problem) => `${place(problem, cwd)}: ${problem.message}`)
            .join("\n"),
          next: first.next,
        };
  return new StateError(code, message, next);
}

function sentence(problem: ConfigProblem, cwd: string): string {
  return `${place(problem, cwd)}: ${problem.message} ${problem.next}`;
}

/** `llmspell.toml:3:10`, 1-based, as compilers say it. */
function place({ file, range: { start } }: ConfigProblem, cwd: string): string {
  return `${shownPath(file, cwd)}:${start.line + 1}:${start.character + 1}`;
}

/** A path below the current folder relative to it, with `/` on every system; else as it is. */
export function shownPath(file: string, cwd: string): string {
  const way = relative(cwd, file);
  return isInside(file, cwd) && way !== "" ? way.split(sep).join("/") : file;
}
