import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { SCHEME } from "../../shared/src/value-uri.ts";
import { acceptDrops, dragEntries } from "./commands/dragEntries.ts";
import { registerCommands } from "./commands/register.ts";
import { connect } from "./connection.ts";
import { DatabaseUrl, type ServerEnvironment } from "./databaseUrl.ts";
import { createLanguageClient, followLuaLanguageServer, START_SETTINGS } from "./languageClient.ts";
import { libraryRoot } from "./luaLibrary.ts";
import { Overview } from "./overview/overviewPanel.ts";
import { problemText, showStoreProblems } from "./problems.ts";
import { RecentChanges } from "./recent/recentChangesTree.ts";
import { showRecentChanges } from "./recent/recentChangesView.ts";
import { Reports } from "./reports.ts";
import { retentionText } from "./retentionText.ts";
import { linkOutput, OUTPUT_LANGUAGE } from "./runs/outputLinks.ts";
import { followRuns, Runs } from "./runs/runs.ts";
import { sharedPlace } from "./sharedStore.ts";
import { showStatus } from "./statusBar.ts";
import { Stores } from "./stores.ts";
import { BackupsTree } from "./trees/backupsTree.ts";
import { RunChangesTree, runMessage } from "./trees/runChangesTree.ts";
import type { StateNode } from "./trees/stateNodes.ts";
import { queryText, StateQuery } from "./trees/stateQuery.ts";
import { StateTree } from "./trees/stateTree.ts";
import { showConflicts } from "./valueConflicts.ts";
import { ValueFiles } from "./valueFiles.ts";
import { showValueHints } from "./valueHints.ts";
import { ValueSchemas } from "./valueSchemas.ts";

/** Ages are drawn again this often while a view can be seen. */
const AGES_MS = 30_000;

/** What is filtered by is told above the tree after so many milliseconds without another letter. */
const MESSAGE_MS = 250;

/**
 * Of the server's process: glibc would keep heaps of its own for each thread, which took about 20 MiB
 * more. Other systems do not know the variable.
 */
const LITTLE_MEMORY: ServerEnvironment = { MALLOC_ARENA_MAX: "2" };

/** Wires the parts together and starts the server; VS Code disposes all of it. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("LLMSpell State", { log: true });
  const scriptOutput = vscode.window.createOutputChannel("LLMSpell Scripts", OUTPUT_LANGUAGE);
  const environment: ServerEnvironment = { ...LITTLE_MEMORY };
  const databaseUrl = new DatabaseUrl(context.secrets, environment);
  const client = createLanguageClient(context, log, environment);
  const connection = connect(client);
  const stores = new Stores(connection, log);
  const stateQuery = new StateQuery(context.workspaceState);
  const stateTree = new StateTree(connection, stores, stateQuery);
  const backupsTree = new BackupsTree(connection, stores);
  const valueFiles = new ValueFiles(connection, stores);
  const reports = new Reports();
  const runs = new Runs(connection);
  const overview = new Overview({ connection, stores, extension: context.extensionUri });
  const recentChanges = new RecentChanges(connection, stores);
  const stateView = vscode.window.createTreeView("llmspellState.state", {
    treeDataProvider: stateTree,
    showCollapseAll: true,
    canSelectMany: true,
    dragAndDropController: dragEntries,
  });
  const backupsView = vscode.window.createTreeView("llmspellState.backups", {
    treeDataProvider: backupsTree,
  });
  const lastRunView = vscode.window.createTreeView("llmspellState.lastRun", {
    treeDataProvider: new RunChangesTree(runs),
  });
  context.subscriptions.push(
    log,
    scriptOutput,
    linkOutput(),
    stateTree,
    backupsTree,
    stateView,
    backupsView,
    lastRunView,
    valueFiles,
    reports,
    runs,
    overview,
    recentChanges,
    showRecentChanges(recentChanges),
    followRuns(runs),
    runs.onDidChange(() => {
      lastRunView.message = runMessage(runs.last);
    }),
    vscode.workspace.registerFileSystemProvider(SCHEME, valueFiles, { isCaseSensitive: true }),
    new ValueSchemas(connection, valueFiles),
    showValueHints(connection, valueFiles),
    vscode.workspace.onDidSaveTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) tellWalkthrough();
    }),
    showConflicts(connection, valueFiles, reports),
    stores,
    connection,
    client,
    showStoreProblems(stores),
    showStatus(connection, stores),
    stateQuery,
    acceptDrops(),
    stateView.onDidExpandElement(({ element }) => stateTree.noteOpen(element, true)),
    stateView.onDidCollapseElement(({ element }) => stateTree.noteOpen(element, false)),
    showMessage(stateView, stateTree, stores, stateQuery),
    stores.onDidChange(() => {
      tellWelcomeViews(stores);
      backupsView.description = soleRetention(stores);
    }),
    vscode.window.onDidChangeActiveTextEditor(tellScriptOpen),
    registerCommands({
      libraryRoot: libraryRoot(context),
      connection,
      databaseUrl,
      stores,
      reports,
      valueFiles,
      stateView,
      stateTree,
      stateQuery,
      backupsTree,
      backupsView,
      overview,
      recentChanges,
      log,
      scriptOutput,
      runs,
      memory: context.workspaceState,
    }),
    followLuaLanguageServer(client, context),
    every(AGES_MS, () => {
      if (stateView.visible) stateTree.redraw();
      if (backupsView.visible) backupsTree.refresh();
      recentChanges.redraw();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => restart(client, stores)),
    databaseUrl.onDidChange(async () => {
      await databaseUrl.load();
      await restart(client, stores);
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (START_SETTINGS.some((setting) => change.affectsConfiguration(setting))) {
        void restart(client, stores);
      }
    }),
  );
  tellWelcomeViews(stores);
  tellScriptOpen(vscode.window.activeTextEditor);
  await databaseUrl.load();
  await guarded(stores, () => client.start());
}

async function restart(client: LanguageClient, stores: Stores): Promise<void> {
  await guarded(stores, () => client.restart());
}

/** The language client tells why it did not start; the views say that it did not. */
async function guarded(stores: Stores, start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    stores.fail(error);
  }
}

/** Above the tree: what is wrong, else how it is filtered and in which order. */
function showMessage(
  view: vscode.TreeView<StateNode>,
  tree: StateTree,
  stores: Stores,
  query: StateQuery,
): vscode.Disposable {
  const show = () => {
    view.description = soleSharedPlace(stores);
    const message = soleProblem(stores) || queryText(query.now);
    if (message === (view.message ?? "")) return;
    view.message = message;
    tree.noteMessage();
  };
  let timer: NodeJS.Timeout | undefined;
  show();
  return vscode.Disposable.from(
    stores.onDidChange(show),
    // VS Code would draw the rows later for it: they come first.
    query.onDidChange(() => {
      clearTimeout(timer);
      timer = setTimeout(show, MESSAGE_MS);
    }),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}

/** What is wrong, in full above the tree; where there are several stores, their rows say it. */
function soleProblem({ all }: Stores): string {
  const [only] = all;
  return all.length === 1 && only?.problem ? problemText(only.problem) : "";
}

/** Which server and database, beside the view's title; where there are several stores, their rows say it. */
function soleSharedPlace({ all }: Stores): string {
  const [only] = all;
  const place = all.length === 1 ? sharedPlace(only) : undefined;
  return place === undefined ? "" : vscode.l10n.t("shared · {0}", place);
}

/** How long backups are kept, beside the view's title; where there are several stores, their rows say it. */
function soleRetention({ all }: Stores): string {
  const [only] = all;
  return all.length === 1 && only?.retention ? retentionText(only.retention) : "";
}

/** What the welcome texts of the manifest choose by. */
function tellWelcomeViews({ all, configured, status }: Stores): void {
  const misconfigured = all.length > 0 && configured.length === 0;
  const shown = status === "ready" && misconfigured ? "problem" : status;
  void vscode.commands.executeCommand("setContext", "llmspellState.status", shown);
}

/** The walkthrough's step is done when a value was changed, which no command tells. */
function tellWalkthrough(): void {
  void vscode.commands.executeCommand("setContext", "llmspellState.valueSaved", true);
}

/** Whether there is a script to run, for the welcome text that offers it. */
function tellScriptOpen(editor: vscode.TextEditor | undefined): void {
  const open = editor?.document.languageId === "lua";
  void vscode.commands.executeCommand("setContext", "llmspellState.scriptOpen", open);
}

function every(milliseconds: number, action: () => void): vscode.Disposable {
  const timer = setInterval(action, milliseconds);
  return new vscode.Disposable(() => clearInterval(timer));
}
