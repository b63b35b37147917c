import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type {
  Connection,
  TextDocuments,
  WorkDoneProgressServerReporter,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { StateError } from "../../../shared/src/errors.ts";
import type { InitializationOptions } from "../../../shared/src/protocol.ts";
import type { Engine } from "../engine/engine.ts";
import type { ScriptModel } from "../language/model.ts";
import type { WorkspaceView } from "../language/workspace-view.ts";
import type { NameCache } from "../service/browse/name-cache.ts";
import type { StateFolder } from "../workspace/folder.ts";
import type { StateFolders } from "../workspace/folders.ts";
import type { WorkspaceIndex } from "../workspace/index/workspace-index.ts";
import type { ScriptModels } from "../workspace/models.ts";
import { singleScript } from "../workspace/single-script.ts";
import type { ClientAbilities } from "./abilities.ts";
import type { Diagnostics } from "./diagnostics-feed.ts";
import type { Findings } from "./findings.ts";
import type { LiveSettings } from "./live-settings.ts";
import type { ScriptThreads } from "./long-scripts/script-threads.ts";
import type { Refresh } from "./refresh.ts";
import type { ScriptRuns } from "./runs.ts";
import type { WorkspaceChecks } from "./workspace-check/checks.ts";

/** What the process gives the server: nothing below reads `process`. */
export interface ServerEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Files of the worker threads. */
  readonly engineWorker: string;
  readonly runnerWorker: string;
  readonly scriptsWorker: string;
}

/** What is known of a folder's scripts, as far as an answer about one of them needs it. */
export type ScriptIndex = WorkspaceView & Pick<WorkspaceIndex, "fileOf" | "opened">;

/** A workspace folder, as far as an answer about a script needs it. */
export interface ScriptFolder
  extends Pick<StateFolder, "id" | "path" | "configuration" | "configurationFile" | "view"> {
  readonly index: ScriptIndex | undefined;
  engine(): Pick<Engine, "schemaStatus" | "backups">;
}

/** What an answer about a script may look at: in the server's thread, or in the one of long scripts. */
export interface ScriptContext {
  readonly documents: Pick<TextDocuments<TextDocument>, "get" | "all">;
  readonly folders: { of(uri: string): ScriptFolder | undefined };
  readonly models: ScriptModels;
  readonly findings: Findings;
  readonly client: ClientAbilities;
  readonly options: InitializationOptions;
  /** false: no scripts, no writes, no store outside the folder, no environment variables. */
  readonly trusted: boolean;
  /** What a user may change while the server runs. */
  readonly settings: LiveSettings;
}

/** What every handler may look at. */
export interface ServerContext extends ScriptContext {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly folders: StateFolders;
  readonly runs: ScriptRuns;
  /** By folder: where the reading of its scripts is shown. */
  readonly indexing: Map<string, Promise<WorkDoneProgressServerReporter | undefined>>;
  readonly environment: ServerEnvironment;
  /** Makes the client ask again for what it shows in open scripts. */
  readonly refresh: Refresh;
  readonly diagnostics: Diagnostics;
  /** Where long scripts are understood. */
  readonly threads: ScriptThreads;
  /** Of the scripts that are not open. */
  readonly checks: WorkspaceChecks;
  /** The setting `llmspellState.configFile`. */
  readonly configFile: string | undefined;
  /** Done when every folder's configuration has been read: requests wait for it. */
  readonly ready: Promise<void>;
  /** The names that were looked through last. */
  readonly names: NameCache;
}

/** A Lua document with its model and folder. */
export interface OpenScript {
  readonly document: TextDocument;
  readonly folder: ScriptFolder | undefined;
  readonly model: ScriptModel;
  /** How `workspace` names it. */
  readonly file: string;
  /** What the folder's scripts do to State; of a script outside of all folders, what it does itself. */
  readonly workspace: WorkspaceView;
}

/** The script that is open under a URI; undefined where there is none. */
export function scriptAt(context: ScriptContext, uri: string): OpenScript | undefined {
  const document = context.documents.get(uri);
  if (document === undefined || document.languageId !== "lua") return undefined;
  const folder = context.folders.of(uri);
  const index = folder?.index;
  const file = fileNamed(folder, uri);
  if (index === undefined || file === uri) {
    const model = context.models.of(document, index?.moduleLookup(""), () => {});
    return { document, folder, model, file: uri, workspace: singleScript(uri, model) };
  }
  const model = context.models.of(document, index.moduleLookup(file), (built) => {
    index.opened(fileURLToPath(uri), built);
    context.findings.scriptChanged(uri);
  });
  return { document, folder, model, file, workspace: index };
}

/** How a folder's index names a script; of one that it does not know, the URI. */
export function fileNamed(folder: ScriptFolder | undefined, uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  return folder?.index?.fileOf(fileURLToPath(uri)) ?? uri;
}

/** The URI of a script that a folder's index (or {@link scriptAt}) names. */
export function uriOf(folder: Pick<ScriptFolder, "path"> | undefined, file: string): string {
  if (folder === undefined || /^[a-z][\w+.-]+:/.test(file)) return file;
  return pathToFileURL(join(folder.path, file)).href;
}

/** @throws StateError `untrusted-workspace` */
export function requireTrust(context: ServerContext, action: string): void {
  if (context.trusted) return;
  throw new StateError(
    "untrusted-workspace",
    `This workspace is not trusted, so ${action} is switched off.`,
    "Trust the workspace (command 'Workspaces: Manage Workspace Trust') if you trust its authors.",
  );
}

/** The folder of a store id. @throws StateError `unknown-store` */
export function storeFolder(context: ServerContext, store: string | undefined): StateFolder {
  const folder = context.folders.byStore(store);
  if (folder !== undefined) return folder;
  throw new StateError(
    "unknown-store",
    store === undefined
      ? "No store was named, and there is not exactly one workspace folder."
      : `There is no store ${JSON.stringify(store)} in this window.`,
    "Ask for llmspellState/stores and use the id of one of them.",
  );
}
