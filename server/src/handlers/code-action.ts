import { type CodeAction, CodeActionKind, type CodeActionParams } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Fix, Diagnostic as PlainDiagnostic } from "../service/types.ts";
import { type ServerContext, scriptAt } from "./context.ts";
import { findingsOf, toDiagnostic } from "./diagnostics.ts";
import { rangeOf } from "./positions.ts";

/** LSP 3.17 textDocument/codeAction: the fixes of what is found in a range. */
export async function codeAction(
  context: ServerContext,
  { textDocument, range, context: { only } }: CodeActionParams,
): Promise<CodeAction[] | null> {
  if (only !== undefined && !only.some(isQuickFix)) return null;
  const script = scriptAt(context, textDocument.uri);
  if (script === undefined) return null;
  const { document } = script;
  const start = document.offsetAt(range.start);
  const end = document.offsetAt(range.end);
  const found = await findingsOf(context, script);
  return found
    .filter(({ span }) => span.start <= end && start <= span.end)
    .flatMap((finding) => finding.fixes.map((fix) => toAction(document, finding, fix)));
}

/** A client that wants a kind wants its sub-kinds. */
function isQuickFix(kind: string): boolean {
  return kind === "" || kind === CodeActionKind.QuickFix;
}

function toAction(document: TextDocument, finding: PlainDiagnostic, fix: Fix): CodeAction {
  const edits = fix.changes.map(({ span, newText }) => ({
    range: rangeOf(document, span),
    newText,
  }));
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toDiagnostic(document, finding)],
    edit: { changes: { [document.uri]: edits } },
    ...(fix.preferred ? { isPreferred: true } : {}),
  };
}
