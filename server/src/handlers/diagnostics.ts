import { pathToFileURL } from "node:url";
import type {
  CancellationToken,
  Diagnostic,
  DocumentDiagnosticParams,
  DocumentDiagnosticReport,
} from "vscode-languageserver/node";
import { askScript } from "./ask-script.ts";
import {
  configurationDiagnostics,
  configurationFolder,
  publishConfigurationProblems,
} from "./configuration-diagnostics.ts";
import type { ServerContext } from "./context.ts";
import { stackOf } from "./route.ts";
import { Outdated } from "./slices.ts";
import { resultIdOf } from "./to-diagnostic.ts";
import { scriptClosed } from "./workspace-diagnostics.ts";

/** LSP 3.17 textDocument/diagnostic */
export async function documentDiagnostic(
  context: ServerContext,
  { textDocument: { uri }, previousResultId }: DocumentDiagnosticParams,
  token: CancellationToken,
): Promise<DocumentDiagnosticReport> {
  const items = (await currentDiagnostics(context, uri, token)) ?? [];
  const resultId = resultIdOf(items);
  if (resultId === previousResultId) return { kind: "unchanged", resultId };
  return { kind: "full", resultId, items };
}

/** What is said of a document when nobody types in it any more. */
async function currentDiagnostics(
  context: ServerContext,
  uri: string,
  token: CancellationToken,
): Promise<Diagnostic[] | undefined> {
  for (;;) {
    await context.diagnostics.quiet(uri, token);
    if (token.isCancellationRequested) return undefined;
    try {
      return await diagnosticsOf(context, uri);
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
    }
  }
}

/** Publishes a document's diagnostics, unless it has changed meanwhile (the change asks again). */
export async function publishDiagnostics(context: ServerContext, uri: string): Promise<void> {
  const version = context.documents.get(uri)?.version;
  try {
    await context.ready;
    if (version === undefined) {
      const folder = configurationFolder(context, uri);
      if (folder !== undefined) await publishConfigurationProblems(context, folder);
      return;
    }
    const diagnostics = await diagnosticsOf(context, uri);
    if (diagnostics === undefined || context.documents.get(uri)?.version !== version) return;
    await context.connection.sendDiagnostics({ uri, version, diagnostics });
  } catch (error) {
    if (error instanceof Outdated) return;
    context.connection.console.error(`Diagnostics of ${uri} failed: ${stackOf(error)}`);
  }
}

/** From now on a document is judged as it stands in the editor. */
export function documentOpened(context: ServerContext, uri: string): void {
  // What was said of the closed file was sent; a client that asks would show both.
  if (context.client.pullDiagnostics) clear(context, uri);
}

/** A document's text is another one now; what it says may matter to the others. */
export function documentChanged(
  { diagnostics, documents }: ServerContext,
  uri: string,
  opened: boolean,
): void {
  const others = documents.keys().filter((other) => other !== uri);
  diagnostics.documentChanged(uri, others, opened);
}

/** A closed script has no diagnostics; a configuration file in use goes on having them. */
export function documentClosed(context: ServerContext, uri: string): void {
  context.diagnostics.forget(uri);
  clear(context, uri);
  scriptClosed(context, uri);
  const folder = configurationFolder(context, uri);
  if (folder !== undefined) void publishConfigurationProblems(context, folder);
}

function clear({ connection }: ServerContext, uri: string): void {
  void connection.sendDiagnostics({ uri, diagnostics: [] });
}

/**
 * State, scripts, configuration or settings changed: everything open is judged again, soon.
 * @param alone the document whose script is all that changed
 */
export function surroundingsChanged(
  { checks, diagnostics, documents, folders }: ServerContext,
  alone?: string,
): void {
  checks.later();
  const configurations = folders.all().flatMap(({ configurationFile }) => {
    const uri = configurationFile === undefined ? undefined : pathToFileURL(configurationFile).href;
    return uri === undefined || documents.get(uri) !== undefined ? [] : [uri];
  });
  diagnostics.surroundingsChanged(documents.keys(), configurations, alone);
}

/** What is said of an open document as it is now; undefined where nothing is ever said. */
async function diagnosticsOf(
  context: ServerContext,
  uri: string,
): Promise<Diagnostic[] | undefined> {
  const document = context.documents.get(uri);
  const folder = configurationFolder(context, uri);
  if (document !== undefined && folder !== undefined) {
    return await configurationDiagnostics(context, folder, document);
  }
  const version = document?.version;
  const diagnostics = await askScript(context, uri, "diagnostics", undefined);
  if (document === undefined || diagnostics === undefined) return undefined;
  if (document.version !== version) throw new Outdated();
  const failed = context.runs.errors.of(document);
  return failed === undefined ? diagnostics : [...diagnostics, failed];
}
