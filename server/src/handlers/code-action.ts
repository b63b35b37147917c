import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type Command,
  type TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { enableFeature } from "../config/edit.ts";
import { buildScriptModel } from "../language/script-model.ts";
import { diagnose } from "../service/diagnose.ts";
import { fixAll } from "../service/fix-all.ts";
import { lineChanges, linesOf } from "../service/line-diff.ts";
import type { Fix, Diagnostic as PlainDiagnostic } from "../service/types.ts";
import type { OpenScript, ScriptContext } from "./context.ts";
import { rangeOf } from "./positions.ts";
import { diagnoseOptions, findingsOf } from "./script-findings.ts";
import { Outdated } from "./slices.ts";
import { toDiagnostic } from "./to-diagnostic.ts";

/** The kind of the action that fixes all that can be fixed safely, e.g. whenever a file is saved. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.llmspell-state`;

const OPEN_RULE = "llmspellState.server.openRule";
const RENAME = "llmspellState.renameKey";

/** LSP 3.17 textDocument/codeAction: the fixes of what is found in a range, and of the whole file. */
export async function codeAction(
  context: ScriptContext,
  script: OpenScript,
  params: CodeActionParams,
): Promise<CodeAction[] | null> {
  const { only } = params.context;
  const quick = asks(only, CodeActionKind.QuickFix)
    ? await quickFixes(context, script, params)
    : [];
  // Nobody wants all of a file changed who did not ask for that.
  const all = only !== undefined && asks(only, FIX_ALL) ? await fixAllAction(context, script) : [];
  return [...quick, ...all];
}

/** A client that wants a kind wants its sub-kinds. */
export function asks(only: readonly string[] | undefined, kind: string): boolean {
  if (only === undefined) return true;
  return only.some((asked) => asked === "" || asked === kind || kind.startsWith(`${asked}.`));
}

async function quickFixes(
  context: ScriptContext,
  script: OpenScript,
  { range }: CodeActionParams,
): Promise<CodeAction[]> {
  const { document } = script;
  const start = document.offsetAt(range.start);
  const end = document.offsetAt(range.end);
  const found = (await findingsNow(context, script)).filter(
    ({ span }) => span.start <= end && start <= span.end,
  );
  const actions: CodeAction[] = [];
  for (const finding of found) {
    for (const fix of finding.fixes) {
      if (fix.rename !== undefined) {
        actions.push(...renaming(context, script, finding, fix));
        continue;
      }
      const changes = await editsOf(context, script, fix);
      if (changes === undefined) continue;
      actions.push({
        title: fix.title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [toDiagnostic(document, finding)],
        edit: { changes },
        ...(fix.preferred ? { isPreferred: true } : {}),
      });
    }
  }
  return [...actions, ...pages(context, found)];
}

/** Of a text that changes while it is looked through, nothing is wanted any more. */
async function findingsNow(
  context: ScriptContext,
  script: OpenScript,
): Promise<readonly PlainDiagnostic[]> {
  try {
    return await findingsOf(context, script);
  } catch (error) {
    if (error instanceof Outdated) return [];
    throw error;
  }
}

/** Renaming changes stored data too, after a question: our client has a command for that. */
function renaming(
  { options }: ScriptContext,
  { document, folder }: OpenScript,
  finding: PlainDiagnostic,
  { title, rename }: Fix,
): CodeAction[] {
  if (options.commandLinks !== true || folder === undefined) return [];
  const command: Command = { title, command: RENAME, arguments: [{ store: folder.id, ...rename }] };
  const diagnostics = [toDiagnostic(document, finding)];
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics, command }];
}

/** What a fix changes, by file; undefined where it cannot be done now. */
async function editsOf(
  context: ScriptContext,
  { document, folder }: OpenScript,
  { changes, setting }: Fix,
): Promise<Record<string, TextEdit[]> | undefined> {
  const edits = changes.map(({ span, newText }) => ({ range: rangeOf(document, span), newText }));
  const own = edits.length === 0 ? {} : { [document.uri]: edits };
  if (setting === undefined) return own;
  const file = folder?.configurationFile;
  const configuration = file === undefined ? undefined : await documentAt(context, file);
  if (configuration === undefined) return undefined;
  const edit = enableFeature(configuration.getText(), setting);
  if (edit === undefined) return undefined;
  const range = rangeOf(configuration, edit.span);
  return { ...own, [configuration.uri]: [{ range, newText: edit.newText }] };
}

/** A file as it is in the editor, else on disk; undefined where it cannot be read. */
export async function documentAt(
  { documents }: ScriptContext,
  path: string,
): Promise<TextDocument | undefined> {
  const { href } = pathToFileURL(path);
  const open = documents.all().find(({ uri }) => uri === href || isFile(uri, path));
  if (open !== undefined) return open;
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : TextDocument.create(href, "toml", 0, text);
}

function isFile(uri: string, path: string): boolean {
  return uri.startsWith("file:") && fileURLToPath(uri) === path;
}

/** For each rule that spoke: its page. */
function pages({ client }: ScriptContext, found: readonly PlainDiagnostic[]): CodeAction[] {
  if (!client.showPages) return [];
  const rules = new Set(
    found.map(({ rule }) => rule).filter((rule) => rule !== "too-many-findings"),
  );
  return Array.from(rules, (rule) => {
    const title = `About the rule ${rule}`;
    const command: Command = { title, command: OPEN_RULE, arguments: [{ rule }] };
    return { title, kind: CodeActionKind.QuickFix, command };
  });
}

async function fixAllAction(context: ScriptContext, script: OpenScript): Promise<CodeAction[]> {
  const { document, file, folder } = script;
  const text = document.getText();
  const options = diagnoseOptions(context, script);
  const modules = folder?.index?.moduleLookup(file);
  const { text: fixed, applied } = await fixAll(text, (next) =>
    diagnose({ ...options, model: next === text ? script.model : buildScriptModel(next, modules) }),
  );
  if (applied === 0) return [];
  return [
    {
      title: "Fix all of LLMSpell State that can be fixed safely",
      kind: FIX_ALL,
      edit: { changes: { [document.uri]: lineEdits(text, fixed) } },
    },
  ];
}

/** The edits that lead from one text to another, line by line. */
function lineEdits(before: string, after: string): TextEdit[] {
  const from = linesOf(before);
  const to = linesOf(after);
  const document = TextDocument.create("", "", 0, before);
  const starts = [0];
  for (const line of from) starts.push((starts.at(-1) ?? 0) + line.length);
  return lineChanges(from, to).map(({ beforeStart, beforeEnd, afterStart, afterEnd }) => ({
    range: rangeOf(document, { start: starts[beforeStart] ?? 0, end: starts[beforeEnd] ?? 0 }),
    newText: to.slice(afterStart, afterEnd).join(""),
  }));
}
