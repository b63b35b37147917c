import type { Range } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Span } from "../language/model.ts";
import type { TextPlace } from "../language/workspace-view.ts";

/** A span of UTF-16 offsets as LSP's lines and characters. */
export function rangeOf(document: TextDocument, span: Span): Range {
  return { start: document.positionAt(span.start), end: document.positionAt(span.end) };
}

/** A place that the index knows, as LSP has it. */
export function rangeOfPlace(place: TextPlace): Range {
  return {
    start: { line: place.startLine, character: place.startCharacter },
    end: { line: place.endLine, character: place.endCharacter },
  };
}
