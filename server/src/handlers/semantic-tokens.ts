import {
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensLegend,
  type SemanticTokensParams,
  type SemanticTokensRangeParams,
} from "vscode-languageserver/node";
import type { Span } from "../language/model.ts";
import { type NameToken, nameTokens } from "../service/live/tokens.ts";
import { type ServerContext, scriptAt } from "./context.ts";

const TYPES: Readonly<Record<NameToken["kind"], number>> = { namespace: 0, key: 1 };
const WRITE = 1;

/** What the numbers in the answers mean. */
export const TOKENS_LEGEND: SemanticTokensLegend = {
  tokenTypes: ["namespace", "property"],
  tokenModifiers: ["modification"],
};

/** LSP 3.17 textDocument/semanticTokens/full */
export async function semanticTokens(
  context: ServerContext,
  { textDocument }: SemanticTokensParams,
): Promise<SemanticTokens | null> {
  return tokensOf(context, textDocument.uri);
}

/** LSP 3.17 textDocument/semanticTokens/range */
export async function semanticTokensRange(
  context: ServerContext,
  { textDocument: { uri }, range }: SemanticTokensRangeParams,
): Promise<SemanticTokens | null> {
  const document = context.documents.get(uri);
  if (document === undefined) return null;
  const start = document.offsetAt(range.start);
  return tokensOf(context, uri, { start, end: document.offsetAt(range.end) });
}

function tokensOf(context: ServerContext, uri: string, within?: Span): SemanticTokens | null {
  const script = scriptAt(context, uri);
  const { semanticTokens, luaLanguageServer } = context.settings;
  // Editors take the colours of one server: the other one knows all of the script.
  if (script === undefined || !semanticTokens || luaLanguageServer) return null;
  const tokens = nameTokens(script.model, within);
  if (tokens.length === 0) return null;
  const builder = new SemanticTokensBuilder();
  for (const { span, kind, write } of tokens) {
    const { line, character } = script.document.positionAt(span.start);
    builder.push(line, character, span.end - span.start, TYPES[kind], write ? WRITE : 0);
  }
  return builder.build();
}
