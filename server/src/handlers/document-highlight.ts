import {
  type DocumentHighlight,
  DocumentHighlightKind,
  type DocumentHighlightParams,
} from "vscode-languageserver/node";
import { highlights } from "../service/navigation/highlights.ts";
import { type ServerContext, scriptAt } from "./context.ts";
import { rangeOf } from "./positions.ts";

/** LSP 3.17 textDocument/documentHighlight */
export async function documentHighlight(
  context: ServerContext,
  { textDocument, position }: DocumentHighlightParams,
): Promise<DocumentHighlight[] | null> {
  const script = scriptAt(context, textDocument.uri);
  if (script === undefined) return null;
  const { document, model, file, workspace } = script;
  const found = highlights({ model, offset: document.offsetAt(position), file, workspace });
  // Nothing of ours: the client's own highlighting of words goes on.
  if (found.length === 0) return null;
  return found.map(({ span, kind }) => ({
    range: rangeOf(document, span),
    kind: kind === "write" ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}
