import type { ScriptModel } from "../language/model.ts";
import type { WorkspaceView } from "../language/workspace-view.ts";
import { summarizeUses } from "./index/summarize.ts";
import { UseTables } from "./index/use-tables.ts";

/** What one script does to State, where it lies in no workspace folder: `file` names it. */
export function singleScript(file: string, model: ScriptModel): WorkspaceView {
  const tables = new UseTables();
  tables.set(file, summarizeUses(file, model).uses);
  return {
    complete: false,
    usesOf: (namespace, key, limit) => tables.usesOf(namespace, key, limit),
    usesOfNamespace: (namespace, limit) => tables.usesOfNamespace(namespace, limit),
    usesIn: (asked) => tables.usesIn(asked),
    namespaces: (query) => tables.namespaces(query),
    keys: (namespace, query) => tables.keys(namespace, query),
    modulesOf: () => [],
    moduleLookup: () => () => undefined,
  };
}
