import { fileURLToPath } from "node:url";
import type { CodeLens } from "vscode-languageserver/node";
import { configurationFolder } from "./configuration-diagnostics.ts";
import type { ServerContext } from "./context.ts";
import { countMigrations, migrationAhead } from "./schema-status.ts";

/**
 * Above the configured schema version, where migrations are pending: how many, and a way to look at
 * them. A hint by itself is only three dots in VS Code. null where there is nothing to say.
 */
export async function configurationLenses(
  context: ServerContext,
  uri: string,
): Promise<CodeLens[] | null> {
  const document = context.documents.get(uri);
  const folder = configurationFolder(context, uri);
  if (document === undefined || folder === undefined || context.options.commandLinks !== true) {
    return null;
  }
  const text = document.getText();
  const { configuration } = folder.judge(text, fileURLToPath(uri));
  const ahead = await migrationAhead(folder, configuration, text);
  if (ahead === undefined) return null;
  const { version, migrations, diagnostic } = ahead;
  const title =
    migrations === undefined
      ? `No migrations lead to ${version}: show why`
      : `${countMigrations(migrations)} to go: preview and apply`;
  const asked = [{ store: folder.id, version }];
  return [
    {
      range: diagnostic.range,
      command: { title, command: "llmspellState.previewMigration", arguments: asked },
    },
  ];
}
