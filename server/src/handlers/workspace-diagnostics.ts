import { fileURLToPath } from "node:url";
import type {
  CancellationToken,
  WorkspaceDiagnosticParams,
  WorkspaceDiagnosticReport,
  WorkspaceDocumentDiagnosticReport,
} from "vscode-languageserver/node";
import type { StateFolder } from "../workspace/folder.ts";
import type { FileSummary } from "../workspace/index/summary.ts";
import { type ServerContext, scriptAt, uriOf } from "./context.ts";
import { resultIdOf } from "./to-diagnostic.ts";
import { WorkspaceCheck } from "./workspace-check/workspace-check.ts";

/** Checks the folder's scripts that nobody has open, from now on. */
export function checkWorkspace(context: ServerContext, folder: StateFolder): void {
  const { checks, client, connection, documents, options, settings } = context;
  if (options.workspaceDiagnostics === "off") return;
  const check = new WorkspaceCheck({
    connect: () => folder.index?.connect("checks"),
    ready: () => folder.index?.reading !== true,
    pass: () => ({
      configuration: folder.configuration,
      ruleSettings: settings.rules,
      without: settings.luaLanguageServer ? ["syntax-error"] : [],
      open: openScripts(context, folder),
    }),
    onChange: (file, items) => {
      const uri = uriOf(folder, file);
      if (!client.pullDiagnostics && documents.get(uri) === undefined) {
        void connection.sendDiagnostics({ uri, diagnostics: [...items] });
      }
    },
    onDone: () => checks.changed(),
    onFailure: (reason) =>
      connection.console.error(`Checking the scripts of ${folder.name} failed: ${reason}`),
  });
  checks.add(folder.id, check);
}

/** A script was closed: what was found in its file counts again. */
export function scriptClosed(context: ServerContext, uri: string): void {
  context.checks.later();
  const folder = context.folders.of(uri);
  if (context.client.pullDiagnostics || folder === undefined || !uri.startsWith("file:")) return;
  const file = folder.index?.fileOf(fileURLToPath(uri));
  const found = file === undefined ? undefined : context.checks.of(folder.id)?.results.get(file);
  if (found === undefined) return;
  void context.connection.sendDiagnostics({ uri, diagnostics: [...found.items] });
}

/** Stops checking a folder; what was said of its scripts is taken back. */
export function stopChecking(context: ServerContext, folder: StateFolder): void {
  const { checks, client, connection, documents } = context;
  const said = checks.of(folder.id)?.results ?? new Map();
  checks.remove(folder.id);
  checks.changed();
  if (client.pullDiagnostics) return;
  for (const file of said.keys()) {
    const uri = uriOf(folder, file);
    if (documents.get(uri) === undefined) void connection.sendDiagnostics({ uri, diagnostics: [] });
  }
}

/** What the folder's open scripts do, as their models were made last. */
function openScripts(context: ServerContext, { index }: StateFolder): readonly FileSummary[] {
  const { documents, threads } = context;
  return documents.all().flatMap((document) => {
    const { uri, languageId } = document;
    if (languageId !== "lua" || !uri.startsWith("file:")) return [];
    const file = index?.fileOf(fileURLToPath(uri));
    if (file === undefined) return [];
    // One that nobody has asked anything about yet is looked at for the first time.
    if (index?.openSummary(file) === undefined && !threads.isLong(document)) {
      scriptAt(context, uri);
    }
    return index?.openSummary(file) ?? [];
  });
}

/**
 * LSP 3.17 workspace/diagnostic: what is said of the scripts that are not open. A client that knows
 * all of it already is answered when that changes, so that it need not ask every other second.
 */
export async function workspaceDiagnostic(
  context: ServerContext,
  { previousResultIds }: WorkspaceDiagnosticParams,
  token: CancellationToken,
): Promise<WorkspaceDiagnosticReport> {
  const known = new Map(previousResultIds.map(({ uri, value }) => [uri, value]));
  for (;;) {
    const checking = context.folders.all().map(({ id }) => context.checks.of(id));
    const ready = checking.every((check) => check === undefined || check.finished);
    const items = reports(context, known);
    const news = items.some(({ kind }) => kind === "full");
    if (token.isCancellationRequested || (ready && (news || known.size === 0))) return { items };
    await context.checks.nextChange(token);
  }
}

function reports(
  { checks, documents, folders }: ServerContext,
  known: ReadonlyMap<string, string>,
): WorkspaceDocumentDiagnosticReport[] {
  const items: WorkspaceDocumentDiagnosticReport[] = [];
  const told = new Set<string>();
  for (const folder of folders.all()) {
    for (const [file, { items: found, resultId }] of checks.of(folder.id)?.results ?? []) {
      const uri = uriOf(folder, file);
      // Of an open one the client asks by itself.
      if (documents.get(uri) !== undefined) continue;
      told.add(uri);
      if (known.get(uri) === resultId)
        items.push({ kind: "unchanged", uri, version: null, resultId });
      else items.push({ kind: "full", uri, version: null, resultId, items: [...found] });
    }
  }
  const nothing = resultIdOf([]);
  for (const [uri, resultId] of known) {
    if (told.has(uri) || documents.get(uri) !== undefined || resultId === nothing) continue;
    items.push({ kind: "full", uri, version: null, resultId: nothing, items: [] });
  }
  return items;
}
