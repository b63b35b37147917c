import {
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensLegend,
  type SemanticTokensParams,
  type SemanticTokensRangeParams,
} from "vscode-languageserver/node";
import { type NameToken, nameTokens } from "../service/live/tokens.ts";
import type { OpenScript, ScriptContext } from "./context.ts";

const TYPES: Readonly<Record<NameToken["kind"], number>> = { namespace: 0, key: 1 };
const WRITE = 1;

/** What the numbers in the answers mean. */
export const TOKENS_LEGEND: SemanticTokensLegend = {
  tokenTypes: ["namespace", "property"],
  tokenModifiers: ["modification"],
};

/** LSP 3.17 textDocument/semanticTokens/full and, with a range, textDocument/semanticTokens/range */
export async function semanticTokens(
  { settings }: ScriptContext,
  { document, model }: OpenScript,
  { range }: SemanticTokensParams & Partial<SemanticTokensRangeParams>,
): Promise<SemanticTokens | null> {
  // Editors take the colours of one server: the other one knows all of the script.
  if (!settings.semanticTokens || settings.luaLanguageServer) return null;
  const within = range && {
    start: document.offsetAt(range.start),
    end: document.offsetAt(range.end),
  };
  const tokens = nameTokens(model, within);
  if (tokens.length === 0) return null;
  const builder = new SemanticTokensBuilder();
  for (const { span, kind, write } of tokens) {
    const { line, character } = document.positionAt(span.start);
    builder.push(line, character, span.end - span.start, TYPES[kind], write ? WRITE : 0);
  }
  return builder.build();
}
