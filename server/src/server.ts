import { fileURLToPath } from "node:url";
import {
  type CancellationToken,
  CodeActionKind,
  CodeActionRequest,
  CodeLensRequest,
  CodeLensResolveRequest,
  CompletionRequest,
  CompletionResolveRequest,
  type Connection,
  createConnection,
  DeclarationRequest,
  DefinitionRequest,
  DocumentDiagnosticRequest,
  DocumentHighlightRequest,
  DocumentLinkRequest,
  DocumentSymbolRequest,
  ExecuteCommandRequest,
  HoverRequest,
  type InitializeParams,
  InlayHintRequest,
  PrepareRenameRequest,
  ProposedFeatures,
  ReferencesRequest,
  RenameRequest,
  SemanticTokensRangeRequest,
  SemanticTokensRequest,
  type ServerCapabilities,
  SignatureHelpRequest,
  TextDocumentSyncKind,
  TextDocuments,
  WorkspaceDiagnosticRequest,
  WorkspaceSymbolRequest,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { DIAGNOSTIC_SOURCE } from "../../shared/src/names.ts";
import {
  applyRunRequest,
  backupsRequest,
  cancelScriptRequest,
  checkValueRequest,
  childrenRequest,
  createBackupRequest,
  deleteBackupRequest,
  deleteEntriesRequest,
  deleteRequest,
  diffBackupRequest,
  discardRunRequest,
  entriesRequest,
  exportBackupRequest,
  exportEntriesRequest,
  historyRequest,
  type InitializationOptions,
  importBackupRequest,
  importEntriesRequest,
  luaLibraryRequest,
  migrateRequest,
  namespacesRequest,
  openRuleRequest,
  overviewRequest,
  planMigrationRequest,
  planRenameRequest,
  planRetentionRequest,
  pruneBackupsRequest,
  readRequest,
  recentChangesRequest,
  referencesRequest,
  renameEntriesRequest,
  restoreBackupRequest,
  runChangeRequest,
  runScriptRequest,
  searchRequest,
  storesRequest,
  undoRequest,
  valueSchemaRequest,
  verifyBackupRequest,
  writeRequest,
} from "../../shared/src/protocol.ts";
import { APPLICATION_VERSION } from "../../shared/src/version.ts";
import { abilitiesOf, type ClientAbilities } from "./handlers/abilities.ts";
import { applyRun, discardRun } from "./handlers/apply-run.ts";
import { inScript, resolveLens } from "./handlers/ask-script.ts";
import {
  backups,
  createBackup,
  deleteBackup,
  diffBackup,
  pruneBackups,
  restoreBackup,
  verifyBackup,
} from "./handlers/backups.ts";
import { children, search } from "./handlers/browse.ts";
import { exportBackup, importBackup } from "./handlers/carry-backups.ts";
import { FIX_ALL } from "./handlers/code-action.ts";
import { completionResolve } from "./handlers/completion.ts";
import {
  actionsInConfiguration,
  completionInConfiguration,
  hoverInConfiguration,
  lensesInConfiguration,
} from "./handlers/configuration-answers.ts";
import type { ServerContext, ServerEnvironment } from "./handlers/context.ts";
import { deleteEntry } from "./handlers/delete.ts";
import { deleteEntries } from "./handlers/delete-entries.ts";
import {
  documentChanged,
  documentClosed,
  documentDiagnostic,
  documentOpened,
  publishDiagnostics,
} from "./handlers/diagnostics.ts";
import { Diagnostics } from "./handlers/diagnostics-feed.ts";
import { entries } from "./handlers/entries.ts";
import { commandsOf, executeCommand } from "./handlers/execute-command.ts";
import { Findings } from "./handlers/findings.ts";
import { followSettings, registerSettings } from "./handlers/follow-settings.ts";
import { history, undo } from "./handlers/history.ts";
import { liveSettings } from "./handlers/live-settings.ts";
import { ScriptThreads } from "./handlers/long-scripts/script-threads.ts";
import { luaLibrary } from "./handlers/lua-library.ts";
import { migrate, planMigration } from "./handlers/migrations.ts";
import { namespaces } from "./handlers/namespaces.ts";
import { openRule } from "./handlers/open-rule.ts";
import { overview } from "./handlers/overview.ts";
import { read } from "./handlers/read.ts";
import { recentChanges } from "./handlers/recent-changes.ts";
import { stateReferences } from "./handlers/references.ts";
import { Refresh } from "./handlers/refresh.ts";
import { planRename, rename, renameEntries } from "./handlers/rename.ts";
import { planRetention } from "./handlers/retention.ts";
import { answer, type Route, route, stackOf } from "./handlers/route.ts";
import { runChange } from "./handlers/run-change.ts";
import { cancelScript, runScript } from "./handlers/run-script.ts";
import { ScriptRuns } from "./handlers/runs.ts";
import { TOKENS_LEGEND } from "./handlers/semantic-tokens.ts";
import { stores } from "./handlers/stores.ts";
import { workspaceSymbols } from "./handlers/symbols.ts";
import { exportEntries, importEntries } from "./handlers/transfer.ts";
import { checkValue, valueSchema } from "./handlers/value-form.ts";
import { WorkspaceChecks } from "./handlers/workspace-check/checks.ts";
import { workspaceDiagnostic } from "./handlers/workspace-diagnostics.ts";
import { changeFolders, initialFolders, openFolders } from "./handlers/workspace-folders.ts";
import { write } from "./handlers/write.ts";
import { NameCache } from "./service/browse/name-cache.ts";
import { StateFolders } from "./workspace/folders.ts";
import { ScriptModels } from "./workspace/models.ts";

/** Every request that the server answers. */
const languageRoutes: readonly Route[] = [
  route(CompletionRequest.type, "interactive", inScript("completion", completionInConfiguration)),
  route(CompletionResolveRequest.type, "interactive", completionResolve),
  route(HoverRequest.type, "interactive", inScript("hover", hoverInConfiguration)),
  route(SignatureHelpRequest.type, "interactive", inScript("signatureHelp")),
  route(CodeActionRequest.type, "interactive", inScript("codeAction", actionsInConfiguration)),
  route(DocumentDiagnosticRequest.type, "prompt", documentDiagnostic),
  route(WorkspaceDiagnosticRequest.type, "long", workspaceDiagnostic),
  route(DefinitionRequest.type, "prompt", inScript("definition")),
  route(DeclarationRequest.type, "prompt", inScript("definition")),
  route(ReferencesRequest.type, "prompt", inScript("references")),
  route(DocumentHighlightRequest.type, "interactive", inScript("documentHighlight")),
  route(DocumentSymbolRequest.type, "interactive", inScript("documentSymbols")),
  route(WorkspaceSymbolRequest.type, "prompt", workspaceSymbols),
  route(InlayHintRequest.type, "interactive", inScript("inlayHint")),
  route(CodeLensRequest.type, "interactive", inScript("codeLens", lensesInConfiguration)),
  route(CodeLensResolveRequest.type, "interactive", resolveLens),
  route(DocumentLinkRequest.type, "interactive", inScript("documentLink")),
  route(SemanticTokensRequest.type, "interactive", inScript("semanticTokens")),
  route(SemanticTokensRangeRequest.type, "interactive", inScript("semanticTokens")),
  route(PrepareRenameRequest.type, "prompt", inScript("prepareRename")),
  route(RenameRequest.type, "prompt", rename),
];

const stateRoutes: readonly Route[] = [
  route(storesRequest, "prompt", stores),
  route(namespacesRequest, "prompt", namespaces),
  route(entriesRequest, "prompt", entries),
  route(childrenRequest, "prompt", children),
  route(searchRequest, "long", search),
  route(readRequest, "prompt", read),
  route(valueSchemaRequest, "prompt", valueSchema),
  route(checkValueRequest, "prompt", checkValue),
  route(writeRequest, "prompt", write),
  route(deleteRequest, "prompt", deleteEntry),
  route(deleteEntriesRequest, "long", deleteEntries),
  route(exportEntriesRequest, "long", exportEntries),
  route(importEntriesRequest, "long", importEntries),
  route(backupsRequest, "prompt", backups),
  route(createBackupRequest, "long", createBackup),
  route(verifyBackupRequest, "long", verifyBackup),
  route(diffBackupRequest, "long", diffBackup),
  route(restoreBackupRequest, "long", restoreBackup),
  route(deleteBackupRequest, "prompt", deleteBackup),
  route(pruneBackupsRequest, "long", pruneBackups),
  route(planRetentionRequest, "prompt", planRetention),
  route(exportBackupRequest, "long", exportBackup),
  route(importBackupRequest, "long", importBackup),
  route(historyRequest, "prompt", history),
  route(overviewRequest, "long", overview),
  route(recentChangesRequest, "prompt", recentChanges),
  route(undoRequest, "prompt", undo),
  route(referencesRequest, "prompt", stateReferences),
  route(planRenameRequest, "prompt", planRename),
  route(renameEntriesRequest, "long", renameEntries),
  route(planMigrationRequest, "long", planMigration),
  route(migrateRequest, "long", migrate),
  route(runScriptRequest, "long", runScript),
  route(openRuleRequest, "prompt", openRule),
  route(cancelScriptRequest, "prompt", cancelScript),
  route(applyRunRequest, "long", applyRun),
  route(discardRunRequest, "prompt", discardRun),
  route(runChangeRequest, "prompt", runChange),
  route(luaLibraryRequest, "prompt", luaLibrary),
];

const routes: readonly Route[] = [
  ...languageRoutes,
  ...stateRoutes,
  route(ExecuteCommandRequest.type, "long", executeCommand(stateRoutes)),
];

/**
 * Serves the connection that the process was started with until it ends. Standard output belongs to
 * the protocol.
 */
export function startServer(environment: ServerEnvironment): void {
  const connection = createConnection(ProposedFeatures.all);
  const documents = new TextDocuments(TextDocument);

  connection.onInitialize((params) => {
    const context = createContext(connection, documents, environment, params);
    for (const served of routes) {
      // A request without parameters is only given the token.
      connection.onRequest(served.method, (...given: [unknown, CancellationToken?]) => {
        const [request, token] = given.length === 1 ? [undefined, given[0]] : given;
        return answer(context, served, request, token as CancellationToken);
      });
    }
    followDocuments(context);
    // A connection has room for one such handler.
    connection.onInitialized(() => {
      registerSettings(context);
      followFolders(context, params);
    });
    followSettings(context);
    connection.onShutdown(async () => {
      context.refresh.stop();
      context.diagnostics.stop();
      context.checks.close();
      context.threads.close();
      context.runs.cancelAll();
      await context.folders.close();
    });
    return {
      capabilities: capabilities(context.client),
      serverInfo: { name: "llmspell-state", version: APPLICATION_VERSION },
    };
  });
  documents.listen(connection);
  connection.listen();
}

function createContext(
  connection: Connection,
  documents: TextDocuments<TextDocument>,
  environment: ServerEnvironment,
  params: InitializeParams,
): ServerContext {
  const options = (params.initializationOptions ?? {}) as InitializationOptions;
  const client = abilitiesOf(params.capabilities);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const findings = new Findings();
  const context: ServerContext = {
    connection,
    documents,
    folders: new StateFolders(),
    models: new ScriptModels(),
    runs: new ScriptRuns(),
    names: new NameCache(),
    indexing: new Map(),
    client,
    options,
    refresh: new Refresh(connection, client),
    environment,
    trusted: options.trusted ?? true,
    configFile: options.configFile || undefined,
    settings: liveSettings(options),
    checks: new WorkspaceChecks(),
    findings,
    threads: new ScriptThreads(options.longScripts),
    diagnostics: new Diagnostics(connection, client, findings, (uri) =>
      publishDiagnostics(context, uri),
    ),
    ready,
  };
  void openFolders(context, initialFolders(params))
    .catch((error) => connection.console.error(`Opening the workspace failed: ${stackOf(error)}`))
    .then(resolve);
  return context;
}

function capabilities({ pullDiagnostics }: ClientAbilities): ServerCapabilities {
  return {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    completionProvider: { triggerCharacters: [".", '"', "'", ":", "["], resolveProvider: true },
    hoverProvider: true,
    signatureHelpProvider: { triggerCharacters: ["(", ","] },
    ...(pullDiagnostics
      ? {
          diagnosticProvider: {
            identifier: DIAGNOSTIC_SOURCE,
            interFileDependencies: true,
            workspaceDiagnostics: true,
          },
        }
      : {}),
    definitionProvider: true,
    declarationProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    documentSymbolProvider: { label: "State" },
    workspaceSymbolProvider: true,
    inlayHintProvider: true,
    codeLensProvider: { resolveProvider: true },
    documentLinkProvider: {},
    semanticTokensProvider: { legend: TOKENS_LEGEND, full: true, range: true },
    renameProvider: { prepareProvider: true },
    codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
    executeCommandProvider: { commands: commandsOf(stateRoutes) },
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}

/** Folders come and go while the window is open, where the client can tell; once it is initialized. */
function followFolders(context: ServerContext, { capabilities: client }: InitializeParams): void {
  const { connection } = context;
  if (client.workspace?.workspaceFolders !== true) return;
  connection.workspace.onDidChangeWorkspaceFolders((event) => void changeFolders(context, event));
}

/** Open scripts are checked when they are opened and as they change. */
function followDocuments(context: ServerContext): void {
  const { documents, models } = context;
  // A document that is opened counts as changed right after that.
  const opening = new Set<string>();
  documents.onDidOpen(({ document }) => {
    opening.add(document.uri);
    documentOpened(context, document.uri);
  });
  documents.onDidChangeContent(({ document: { uri } }) =>
    documentChanged(context, uri, opening.delete(uri)),
  );
  documents.onDidClose(({ document: { uri } }) => {
    models.forget(uri);
    context.threads.forget(uri);
    if (uri.startsWith("file:")) context.folders.of(uri)?.index?.closed(fileURLToPath(uri));
    documentClosed(context, uri);
  });
}
