import type { ScriptModel } from "../../../server/src/language/model.ts";
import { buildScriptModel } from "../../../server/src/language/script-model.ts";
import type { WorkspaceView } from "../../../server/src/language/workspace-view.ts";
import type { ModuleSummary } from "../../../server/src/language/wrappers/summary.ts";
import { findModule } from "../../../server/src/workspace/index/modules.ts";
import { summarizeUses } from "../../../server/src/workspace/index/summarize.ts";
import { UseTables } from "../../../server/src/workspace/index/use-tables.ts";

/** Levels of `require` that the fixtures may have. */
const ROUNDS = 4;

/** Scripts that know each other, as the index makes them. */
export interface Scripts {
  readonly models: ReadonlyMap<string, ScriptModel>;
  readonly workspace: WorkspaceView;
}

/** The scripts (text by file) with the modules that they require. */
export function scriptsOf(texts: Readonly<Record<string, string>>): Scripts {
  const files = Object.keys(texts);
  const find = (name: string, from: string) => findModule(name, from, (file) => file in texts);
  let modules = new Map<string, ModuleSummary>();
  let models = new Map<string, ScriptModel>();
  const lookup = (from: string) => (name: string) => modules.get(find(name, from) ?? "");
  for (let round = 0; round < ROUNDS; round++) {
    models = new Map(
      files.map((file) => [file, buildScriptModel(texts[file] ?? "", lookup(file))]),
    );
    modules = new Map([...models].map(([file, model]) => [file, model.module]));
  }
  const tables = new UseTables();
  for (const [file, model] of models) tables.set(file, summarizeUses(file, model).uses);
  return {
    models,
    workspace: {
      complete: true,
      usesOf: (namespace, key) => tables.usesOf(namespace, key),
      usesOfNamespace: (namespace) => tables.usesOfNamespace(namespace),
      usesIn: (file) => tables.usesIn(file),
      namespaces: (query) => tables.namespaces(query),
      keys: (namespace, query) => tables.keys(namespace, query),
      modulesOf: (file) =>
        (modules.get(file)?.requires ?? []).map((name) => {
          const found = find(name, file);
          return { name, file: found, summary: modules.get(found ?? "") };
        }),
      moduleLookup: lookup,
    },
  };
}

/** What stands between scripts in a fixture of several: `-- file: a.lua`, each on a line of its own. */
const FILE = /^-- file: (\S+)\n/m;
const CURSOR = "‸";

/** Scripts of a fixture with a cursor in one of them; a fixture of one script is `main.lua`. */
export function scriptsAt(marked: string) {
  const parts = marked.split(FILE);
  const texts: Record<string, string> = {};
  if (parts[0] !== undefined && parts[0] !== "") texts["main.lua"] = parts[0];
  for (let i = 1; i < parts.length; i += 2) texts[parts[i] ?? ""] = parts[i + 1] ?? "";
  const file = Object.keys(texts).find((name) => texts[name]?.includes(CURSOR));
  if (file === undefined) throw new Error(`No ${CURSOR} in the fixture: ${marked}`);
  const offset = texts[file]?.indexOf(CURSOR) ?? 0;
  texts[file] = texts[file]?.replace(CURSOR, "") ?? "";
  const scripts = scriptsOf(texts);
  const model = scripts.models.get(file);
  if (model === undefined) throw new Error(`No model of ${file}`);
  return { ...scripts, texts, file, offset, model };
}

/** The scripts' texts as one fixture, with marks around spans by file. */
export function withMarks(
  texts: Readonly<Record<string, string>>,
  marked: (file: string, text: string) => string,
): string {
  const names = Object.keys(texts);
  return names
    .map((file) => {
      const text = marked(file, texts[file] ?? "");
      return names.length === 1 && file === "main.lua" ? text : `-- file: ${file}\n${text}`;
    })
    .join("");
}
