import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import {
  cancelScriptRequest,
  type RunScriptResult,
  runScriptRequest,
  type ScriptError,
} from "../../../shared/src/protocol.ts";
import type { Connection } from "../connection.ts";

/** A run that is over sooner needs no notification to cancel it from. */
const QUICK_MS = 400;

/**
 * Runs the Lua script `given` (code lenses have its URI as text), or the one in the active editor;
 * its output streams to `output`.
 */
export async function runScript(
  connection: Connection,
  output: vscode.OutputChannel,
  given: vscode.Uri | string | undefined,
): Promise<void> {
  const asked = typeof given === "string" ? vscode.Uri.parse(given, true) : given;
  const uri = await savedScript(asked);
  if (uri === undefined) return;
  const name = vscode.workspace.asRelativePath(uri, false);
  output.show(true);
  output.appendLine(vscode.l10n.t("— Running {0}", name));
  const runId = randomUUID();
  const listening = connection.onScriptOutput((part) => {
    if (part.runId === runId) output.append(part.text);
  });
  try {
    const running = connection.request(runScriptRequest, { uri: uri.toString(), runId });
    offerCancel(connection, name, runId, running);
    const result = await running;
    output.appendLine(summary(name, result));
    if (result.error !== undefined) showScriptError(name, result.error);
  } finally {
    listening.dispose();
  }
}

/** The script as a file on disk, saved; undefined when the user would not, or there is none. */
async function savedScript(given: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const uri = given ?? vscode.window.activeTextEditor?.document.uri;
  if (uri === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t("Open a Lua script first."));
    return undefined;
  }
  const document = vscode.workspace.textDocuments.find(
    (open) => open.uri.toString() === uri.toString(),
  );
  if (document === undefined || (!document.isDirty && !document.isUntitled)) return uri;
  return await vscode.workspace.save(uri);
}

function offerCancel(
  connection: Connection,
  name: string,
  runId: string,
  running: Promise<unknown>,
): void {
  const over = running.then(ignore, ignore);
  const timer = setTimeout(() => {
    const title = vscode.l10n.t("Running {0}", name);
    const location = vscode.ProgressLocation.Notification;
    void vscode.window.withProgress({ location, title, cancellable: true }, async (_, token) => {
      token.onCancellationRequested(() => connection.request(cancelScriptRequest, { runId }));
      await over;
    });
  }, QUICK_MS);
  void over.then(() => clearTimeout(timer));
}

function ignore(): void {}

function summary(name: string, { error, reads, writes, durationMs }: RunScriptResult): string {
  const counts = vscode.l10n.t(
    "{0} reads, {1} writes, {2} ms",
    reads,
    writes,
    Math.round(durationMs),
  );
  if (error === undefined) return vscode.l10n.t("— {0} finished: {1}", name, counts);
  const lines = [`${place(error)}${reason(error)}`, ...(error.traceback ? [error.traceback] : [])];
  return [...lines, vscode.l10n.t("— {0} failed: {1}", name, counts)].join("\n");
}

/** `file:line: `, which the output view makes a link. */
function place({ file, line }: ScriptError): string {
  if (file === undefined) return "";
  return line === undefined ? `${file}: ` : `${file}:${line}: `;
}

/** The message without the `file.lua:12: ` that Lua puts before it: whoever shows it says where. */
function reason({ message, line }: ScriptError): string {
  return line === undefined ? message : message.replace(new RegExp(`^\\S+:${line}: `), "");
}

function showScriptError(name: string, error: ScriptError): void {
  if (error.code === "script-cancelled") return;
  const { file, line } = error;
  const text = vscode.l10n.t("{0} failed: {1}", name, reason(error));
  if (file === undefined || line === undefined) {
    void vscode.window.showErrorMessage(text);
    return;
  }
  const go = vscode.l10n.t("Go to Line {0}", line);
  void vscode.window.showErrorMessage(text, go).then(async (answer) => {
    if (answer !== go) return;
    const selection = new vscode.Range(line - 1, 0, line - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(file), { selection });
  });
}
