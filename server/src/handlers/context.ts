import type { Connection, TextDocuments } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { StateError } from "../../../shared/src/errors.ts";
import type { ScriptModel } from "../language/model.ts";
import type { StateFolder } from "../workspace/folder.ts";
import type { StateFolders } from "../workspace/folders.ts";
import type { ScriptModels } from "../workspace/models.ts";
import type { ScriptRuns } from "./runs.ts";

/** What the process gives the server: nothing below reads `process`. */
export interface ServerEnvironment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Files of the worker threads. */
  readonly engineWorker: string;
  readonly runnerWorker: string;
}

/** What every handler may look at. */
export interface ServerContext {
  readonly connection: Connection;
  readonly documents: TextDocuments<TextDocument>;
  readonly folders: StateFolders;
  readonly models: ScriptModels;
  readonly runs: ScriptRuns;
  readonly environment: ServerEnvironment;
  /** false: no scripts, no writes, no store outside the folder, no environment variables. */
  readonly trusted: boolean;
  /** The setting `llmspellState.rules`, unchecked. */
  readonly ruleSettings: unknown;
  /** The setting `llmspellState.configFile`. */
  readonly configFile: string | undefined;
  /** Done when every folder's configuration has been read: requests wait for it. */
  readonly ready: Promise<void>;
}

/** A Lua document with its model and folder. */
export interface OpenScript {
  readonly document: TextDocument;
  readonly folder: StateFolder | undefined;
  readonly model: ScriptModel;
}

/** The script that is open under a URI; undefined where there is none. */
export function scriptAt(context: ServerContext, uri: string): OpenScript | undefined {
  const document = context.documents.get(uri);
  if (document === undefined || document.languageId !== "lua") return undefined;
  const folder = context.folders.of(uri);
  return { document, folder, model: context.models.of(document) };
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
