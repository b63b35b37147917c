import { buildScriptModel } from "../../../server/src/language/script-model.ts";
import type { WorkspaceView } from "../../../server/src/language/workspace-view.ts";
import { summarizeUses } from "../../../server/src/workspace/index/summarize.ts";
import { UseTables } from "../../../server/src/workspace/index/use-tables.ts";

/** What the scripts (text by file) of a workspace do to State. */
export function workspaceOf(
  scripts: Readonly<Record<string, string>>,
  complete = true,
): WorkspaceView {
  const tables = new UseTables();
  for (const [file, text] of Object.entries(scripts)) {
    tables.set(file, summarizeUses(file, buildScriptModel(text)).uses);
  }
  return {
    complete,
    usesOf: (namespace, key) => tables.usesOf(namespace, key),
    usesOfNamespace: (namespace) => tables.usesOfNamespace(namespace),
    usesIn: (file) => tables.usesIn(file),
    namespaces: (query) => tables.namespaces(query),
    keys: (namespace, query) => tables.keys(namespace, query),
    modulesOf: () => [],
    moduleLookup: () => () => undefined,
  };
}
