import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Diagnostic, DiagnosticSeverity } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { DIAGNOSTIC_SOURCE } from "../../../shared/src/names.ts";
import { CONFIGURATION_FILES } from "../config/load.ts";
import { CONFIG_RULES } from "../config/rules.ts";
import type { ConfigProblem } from "../config/types.ts";
import { chosenSeverity } from "../service/rule-severities.ts";
import { ruleUrl } from "../service/rules/docs-url.ts";
import type { StateFolder } from "../workspace/folder.ts";
import type { ServerContext } from "./context.ts";
import { SEVERITIES } from "./severities.ts";

/** The folder whose configuration a document is, or would be once it is saved. */
export function configurationFolder(context: ServerContext, uri: string): StateFolder | undefined {
  if (!uri.startsWith("file:")) return undefined;
  const path = fileURLToPath(uri);
  return context.folders.all().find(({ configurationFile, path: folder }) => {
    if (configurationFile !== undefined) return configurationFile === path;
    return CONFIGURATION_FILES.some((name) => join(folder, name) === path);
  });
}

/** What is wrong with a configuration file as it stands in the editor. */
export async function configurationDiagnostics(
  context: ServerContext,
  folder: StateFolder,
  document: TextDocument,
): Promise<Diagnostic[]> {
  const { problems } = folder.judge(document.getText(), fileURLToPath(document.uri));
  return shown(context, folder, problems);
}

/** Sends the problems of the file that is in use; an open one is judged as it stands in the editor. */
export function publishConfigurationProblems(context: ServerContext, folder: StateFolder): void {
  if (folder.configurationFile === undefined) return;
  const uri = pathToFileURL(folder.configurationFile).href;
  if (context.documents.get(uri) !== undefined) return;
  const diagnostics = shown(context, folder, folder.problems);
  void context.connection.sendDiagnostics({ uri, diagnostics });
}

function shown(
  { settings }: ServerContext,
  { configuration }: StateFolder,
  problems: readonly ConfigProblem[],
): Diagnostic[] {
  return problems.flatMap((problem) => {
    const chosen = chosenSeverity(problem.rule, settings.rules, configuration);
    const usual = CONFIG_RULES.find(({ code }) => code === problem.rule)?.defaultSeverity;
    const severity = chosen ?? usual ?? "error";
    return severity === "off" ? [] : [toDiagnostic(problem, SEVERITIES[severity])];
  });
}

/** A configuration file's problem as a diagnostic in that file. */
function toDiagnostic(
  { rule, message, next, range }: ConfigProblem,
  severity: DiagnosticSeverity,
): Diagnostic {
  return {
    range,
    severity,
    source: DIAGNOSTIC_SOURCE,
    code: rule,
    codeDescription: { href: ruleUrl(rule) },
    message: `${message} ${next}`,
  };
}
