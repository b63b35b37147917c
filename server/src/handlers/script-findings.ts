import type { Diagnostic } from "vscode-languageserver/node";
import { diagnose } from "../service/diagnose.ts";
import { findSecrets } from "../service/sensitive/find-secrets.ts";
import type { DiagnoseOptions, Diagnostic as PlainDiagnostic } from "../service/types.ts";
import type { OpenScript, ScriptContext } from "./context.ts";
import { slices } from "./slices.ts";
import { toDiagnostic } from "./to-diagnostic.ts";

/** What is said of a script as it is now. @throws Outdated when its text changes meanwhile */
export async function scriptDiagnostics(
  context: ScriptContext,
  script: OpenScript,
): Promise<Diagnostic[]> {
  const found = await findingsOf(context, script);
  return found.map((finding) => toDiagnostic(script.document, finding));
}

/** What the rules find in a script as it is now. @throws Outdated when its text changes meanwhile */
export function findingsOf(
  context: ScriptContext,
  script: OpenScript,
): Promise<readonly PlainDiagnostic[]> {
  const { uri, version } = script.document;
  const current = () => context.documents.get(uri)?.version === version;
  return context.findings.of(script.model, () =>
    diagnose({ ...diagnoseOptions(context, script), pause: slices(current) }),
  );
}

/** What the rules look at in a script. */
export function diagnoseOptions(
  { findings, settings }: ScriptContext,
  { document, file, folder, model, workspace }: OpenScript,
): DiagnoseOptions {
  return {
    model,
    view: folder?.view(),
    workspace,
    configuration: folder?.configuration,
    ruleSettings: settings.rules,
    secrets: findSecrets,
    without: settings.luaLanguageServer ? ["syntax-error"] : [],
    others: findings.others(document.uri, file),
    pause: slices(),
  };
}
