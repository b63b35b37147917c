import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Diagnostic } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { DIAGNOSTIC_SOURCE } from "../../../shared/src/names.ts";
import { CONFIGURATION_FILES } from "../config/load.ts";
import { CONFIG_RULES } from "../config/rules.ts";
import type { ConfigProblem, LoadedConfiguration, Severity } from "../config/types.ts";
import { chosenSeverity } from "../service/rule-severities.ts";
import { ruleUrl } from "../service/rules/docs-url.ts";
import type { StateFolder } from "../workspace/folder.ts";
import type { ServerContext } from "./context.ts";
import { schemaDifference } from "./schema-status.ts";
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

/** What is to be said of a configuration file as it stands in the editor. */
export async function configurationDiagnostics(
  context: ServerContext,
  folder: StateFolder,
  document: TextDocument,
): Promise<Diagnostic[]> {
  const text = document.getText();
  return await said(context, folder, folder.judge(text, fileURLToPath(document.uri)), text);
}

/** Sends what is to be said of the file that is in use; an open one is judged as it stands in the editor. */
export async function publishConfigurationProblems(
  context: ServerContext,
  folder: StateFolder,
): Promise<void> {
  const { configurationFile: file, configuration, problems } = folder;
  if (file === undefined) return;
  const uri = pathToFileURL(file).href;
  if (context.documents.get(uri) !== undefined) return;
  const text = await readFile(file, "utf8").catch(() => "");
  const diagnostics = await said(context, folder, { configuration, problems }, text);
  // It may have been opened, or another one taken, meanwhile.
  if (context.documents.get(uri) !== undefined || folder.problems !== problems) return;
  await context.connection.sendDiagnostics({ uri, diagnostics });
}

async function said(
  context: ServerContext,
  folder: StateFolder,
  { configuration, problems }: Pick<LoadedConfiguration, "configuration" | "problems">,
  text: string,
): Promise<Diagnostic[]> {
  const difference = await schemaDifference(folder, configuration, text);
  const found = configProblems(context, folder, problems);
  return [
    ...found.map(({ problem, severity }) => toConfigDiagnostic(problem, severity)),
    ...(difference === undefined ? [] : [difference.diagnostic]),
  ];
}

interface ShownProblem {
  readonly problem: ConfigProblem;
  readonly severity: Exclude<Severity, "off">;
}

/** The problems that are not switched off. */
export function configProblems(
  { settings }: ServerContext,
  { configuration }: StateFolder,
  problems: readonly ConfigProblem[],
): readonly ShownProblem[] {
  return problems.flatMap((problem) => {
    const usual = CONFIG_RULES.find(({ code }) => code === problem.rule)?.defaultSeverity;
    const severity =
      chosenSeverity(problem.rule, settings.rules, configuration) ?? usual ?? "error";
    return severity === "off" ? [] : [{ problem, severity }];
  });
}

/** A configuration file's problem as a diagnostic in that file. */
export function toConfigDiagnostic(
  { rule, message, next, range }: ConfigProblem,
  severity: ShownProblem["severity"],
): Diagnostic {
  return {
    range,
    severity: SEVERITIES[severity],
    source: DIAGNOSTIC_SOURCE,
    code: rule,
    codeDescription: { href: ruleUrl(rule) },
    message: `${message} ${next}`,
  };
}
