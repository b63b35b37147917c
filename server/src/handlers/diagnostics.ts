import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { DIAGNOSTIC_SOURCE } from "../../../shared/src/names.ts";
import type { ConfigProblem } from "../config/types.ts";
import { diagnose } from "../service/diagnose.ts";
import { ruleUrl } from "../service/rules/docs-url.ts";
import type { Diagnostic as PlainDiagnostic, DiagnosticTag as PlainTag } from "../service/types.ts";
import { type OpenScript, type ServerContext, scriptAt } from "./context.ts";
import { rangeOf } from "./positions.ts";
import { stackOf } from "./route.ts";

const SEVERITIES: Readonly<Record<PlainDiagnostic["severity"], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const TAGS: Readonly<Record<PlainTag, DiagnosticTag>> = {
  unnecessary: DiagnosticTag.Unnecessary,
  deprecated: DiagnosticTag.Deprecated,
};

/** Publishes a script's diagnostics, unless it has changed meanwhile (the change asks again). */
export async function publishDiagnostics(context: ServerContext, uri: string): Promise<void> {
  const script = scriptAt(context, uri);
  if (script === undefined) return;
  const { document } = script;
  const { version } = document;
  try {
    const found = await findingsOf(context, script);
    if (context.documents.get(uri)?.version !== version) return;
    const diagnostics = found.map((diagnostic) => toDiagnostic(document, diagnostic));
    await context.connection.sendDiagnostics({ uri, version, diagnostics });
  } catch (error) {
    context.connection.console.error(`Diagnostics of ${uri} failed: ${stackOf(error)}`);
  }
}

/** Publishes the diagnostics of every open script, e.g. when state or configuration changed. */
export async function publishAllDiagnostics(context: ServerContext): Promise<void> {
  await Promise.all(context.documents.keys().map((uri) => publishDiagnostics(context, uri)));
}

/** What the rules find in a script as it is now. */
export async function findingsOf(
  context: ServerContext,
  { folder, model }: OpenScript,
): Promise<readonly PlainDiagnostic[]> {
  return await diagnose({
    model,
    view: folder?.view(),
    configuration: folder?.configuration,
    ruleSettings: context.ruleSettings,
  });
}

/** A finding for the wire. */
export function toDiagnostic(document: TextDocument, found: PlainDiagnostic): Diagnostic {
  return {
    range: rangeOf(document, found.span),
    severity: SEVERITIES[found.severity],
    source: DIAGNOSTIC_SOURCE,
    code: found.rule,
    codeDescription: { href: found.docsUrl },
    message: found.message,
    ...(found.tags === undefined ? {} : { tags: found.tags.map((tag) => TAGS[tag]) }),
  };
}

/** A configuration file's problem as a diagnostic in that file. */
export function configDiagnostic({ rule, message, next, range }: ConfigProblem): Diagnostic {
  return {
    range,
    severity: rule === "config-unknown-key" ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error,
    source: DIAGNOSTIC_SOURCE,
    code: rule,
    codeDescription: { href: ruleUrl(rule) },
    message: `${message} ${next}`,
  };
}
