import * as vscode from "vscode";
import { DIAGNOSTIC_SOURCE } from "../../../shared/src/names.ts";
import type { FindingSeverity, RuleFindings } from "./messages.ts";

/** In the order of vscode.DiagnosticSeverity, the gravest first. */
const SEVERITIES: readonly FindingSeverity[] = ["error", "warning", "information", "hint"];

/** How often each rule speaks in a folder now, most often first. */
export function findingsIn(folder: vscode.Uri): readonly RuleFindings[] {
  const byRule = new Map<string, { severity: number; count: number }>();
  for (const diagnostic of ours(folder)) {
    const rule = ruleOf(diagnostic);
    const known = byRule.get(rule);
    if (known === undefined) byRule.set(rule, { severity: diagnostic.severity, count: 1 });
    else {
      known.count += 1;
      known.severity = Math.min(known.severity, diagnostic.severity);
    }
  }
  return [...byRule]
    .map(([rule, { severity, count }]) => ({
      rule,
      severity: SEVERITIES[severity] ?? "hint",
      count,
    }))
    .sort((one, other) => other.count - one.count || (one.rule < other.rule ? -1 : 1));
}

/** Where a rule speaks first in a folder; undefined: nowhere any more. */
export function firstFinding(folder: vscode.Uri, rule: string): vscode.Location | undefined {
  for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
    if (!isIn(folder, uri)) continue;
    const found = diagnostics.find(
      (one) => one.source === DIAGNOSTIC_SOURCE && ruleOf(one) === rule,
    );
    if (found !== undefined) return new vscode.Location(uri, found.range);
  }
  return undefined;
}

function* ours(folder: vscode.Uri): Generator<vscode.Diagnostic> {
  for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
    if (!isIn(folder, uri)) continue;
    yield* diagnostics.filter(({ source }) => source === DIAGNOSTIC_SOURCE);
  }
}

function isIn(folder: vscode.Uri, uri: vscode.Uri): boolean {
  return vscode.workspace.getWorkspaceFolder(uri)?.uri.toString() === folder.toString();
}

function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : code);
}
