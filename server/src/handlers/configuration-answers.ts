import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type CodeLens,
  type CodeLensParams,
  type CompletionList,
  type CompletionParams,
  type Hover,
  type HoverParams,
} from "vscode-languageserver/node";
import { asks } from "./code-action.ts";
import { configurationActions } from "./configuration-actions.ts";
import { configurationFolder } from "./configuration-diagnostics.ts";
import { completeConfiguration, hoverConfiguration } from "./configuration-language.ts";
import { configurationLenses } from "./configuration-lenses.ts";
import type { ServerContext } from "./context.ts";

/** LSP 3.17 textDocument/completion in a configuration file; null: it is none */
export async function completionInConfiguration(
  context: ServerContext,
  { textDocument: { uri }, position }: CompletionParams,
): Promise<CompletionList | null> {
  return completeConfiguration(context, uri, position);
}

/** LSP 3.17 textDocument/hover in a configuration file; null: it is none */
export async function hoverInConfiguration(
  context: ServerContext,
  { textDocument: { uri }, position }: HoverParams,
): Promise<Hover | null> {
  return hoverConfiguration(context, uri, position);
}

/** LSP 3.17 textDocument/codeLens in a configuration file; null: it is none */
export async function lensesInConfiguration(
  context: ServerContext,
  { textDocument: { uri } }: CodeLensParams,
): Promise<CodeLens[] | null> {
  return context.settings.codeLenses ? await configurationLenses(context, uri) : null;
}

/** LSP 3.17 textDocument/codeAction in a configuration file; null: it is none */
export async function actionsInConfiguration(
  context: ServerContext,
  { textDocument: { uri }, context: { only }, range }: CodeActionParams,
): Promise<CodeAction[] | null> {
  const document = context.documents.get(uri);
  const folder = configurationFolder(context, uri);
  if (document === undefined || folder === undefined) return null;
  if (!asks(only, CodeActionKind.QuickFix)) return null;
  return await configurationActions(context, folder, document, range);
}
