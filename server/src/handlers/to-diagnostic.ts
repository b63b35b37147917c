import { createHash } from "node:crypto";
import { type Diagnostic, DiagnosticTag, type Range } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { DIAGNOSTIC_SOURCE } from "../../../shared/src/names.ts";
import type { Diagnostic as PlainDiagnostic, DiagnosticTag as PlainTag } from "../service/types.ts";
import { rangeOf } from "./positions.ts";
import { SEVERITIES } from "./severities.ts";

const TAGS: Readonly<Record<PlainTag, DiagnosticTag>> = {
  unnecessary: DiagnosticTag.Unnecessary,
  deprecated: DiagnosticTag.Deprecated,
};

/** A finding at its place in lines and characters. */
export interface PlacedFinding extends Omit<PlainDiagnostic, "span" | "fixes"> {
  readonly range: Range;
}

/** A finding for the wire. */
export function toDiagnostic(document: TextDocument, found: PlainDiagnostic): Diagnostic {
  return placedDiagnostic({ ...found, range: rangeOf(document, found.span) });
}

/** The same, where its place is known. */
export function placedDiagnostic(found: PlacedFinding): Diagnostic {
  return {
    range: found.range,
    severity: SEVERITIES[found.severity],
    source: DIAGNOSTIC_SOURCE,
    code: found.rule,
    codeDescription: { href: found.docsUrl },
    message: found.message,
    ...(found.tags === undefined ? {} : { tags: found.tags.map((tag) => TAGS[tag]) }),
  };
}

/** Stands for diagnostics: equal ones have the same. */
export function resultIdOf(items: readonly Diagnostic[]): string {
  return createHash("sha1").update(JSON.stringify(items)).digest("base64url");
}
