import {
  type DocumentHighlight,
  DocumentHighlightKind,
  type DocumentHighlightParams,
} from "vscode-languageserver/node";
import { highlights } from "../service/navigation/highlights.ts";
import type { OpenScript, ScriptContext } from "./context.ts";
import { rangeOf } from "./positions.ts";

/** LSP 3.17 textDocument/documentHighlight */
export async function documentHighlight(
  _: ScriptContext,
  { document, model, file, workspace }: OpenScript,
  { position }: DocumentHighlightParams,
): Promise<DocumentHighlight[] | null> {
  const found = highlights({ model, offset: document.offsetAt(position), file, workspace });
  // Nothing of ours: the client's own highlighting of words goes on.
  if (found.length === 0) return null;
  return found.map(({ span, kind }) => ({
    range: rangeOf(document, span),
    kind: kind === "write" ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}
