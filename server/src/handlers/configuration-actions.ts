import { fileURLToPath } from "node:url";
import { type CodeAction, CodeActionKind, type Range } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { StateFolder } from "../workspace/folder.ts";
import { configProblems, toConfigDiagnostic } from "./configuration-diagnostics.ts";
import type { ServerContext } from "./context.ts";
import { migrationAhead } from "./schema-status.ts";

/** What can be done about what is said in a configuration file, within a range. */
export async function configurationActions(
  context: ServerContext,
  folder: StateFolder,
  document: TextDocument,
  range: Range,
): Promise<CodeAction[]> {
  const text = document.getText();
  const judged = folder.judge(text, fileURLToPath(document.uri));
  const actions = configProblems(context, folder, judged.problems)
    .filter(({ problem }) => touches(problem.range, range))
    .flatMap(({ problem, severity }): CodeAction[] => {
      const { replacement: newText, range: place } = problem;
      if (newText === undefined) return [];
      return [
        {
          title: `Change to ${newText}`,
          kind: CodeActionKind.QuickFix,
          diagnostics: [toConfigDiagnostic(problem, severity)],
          edit: { changes: { [document.uri]: [{ range: place, newText }] } },
          isPreferred: true,
        },
      ];
    });
  const ahead = await migrationAhead(folder, judged.configuration, text);
  if (ahead === undefined || !touches(ahead.diagnostic.range, range)) return actions;
  const { diagnostic, version } = ahead;
  const title = `Preview the migration to ${version}`;
  const asked = [{ store: folder.id, version }];
  // The client's own command shows the plan before anything is applied; others get the two steps.
  const commands = context.options.commandLinks
    ? [{ title, command: "llmspellState.previewMigration", arguments: asked }]
    : [
        { title, command: "llmspellState.server.planMigration", arguments: asked },
        {
          title: `Migrate to ${version}, after a backup`,
          command: "llmspellState.server.migrate",
          arguments: asked,
        },
      ];
  return [
    ...actions,
    ...commands.map((command) => ({
      title: command.title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      command,
    })),
  ];
}

function touches(a: Range, b: Range): boolean {
  const before = (x: Range["start"], y: Range["start"]) =>
    x.line < y.line || (x.line === y.line && x.character <= y.character);
  return before(a.start, b.end) && before(b.start, a.end);
}
