import { DiagnosticSeverity } from "vscode-languageserver/node";
import type { Severity } from "../config/types.ts";

/** Our severities as LSP's. */
export const SEVERITIES: Readonly<Record<Exclude<Severity, "off">, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};
