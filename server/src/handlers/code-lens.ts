import type { CodeLens, Command } from "vscode-languageserver/node";
import { keyLenses, usesLens, valueLens } from "../service/live/lenses.ts";
import { type OpenScript, type ScriptContext, uriOf } from "./context.ts";
import { rangeOfPlace } from "./positions.ts";

const TOP = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Above the first line of a script that uses State. */
const RUNS = [
  { title: "Run", command: "runScript" },
  { title: "Dry Run", command: "dryRunScript" },
] as const;

/** What a lens is about, until it is resolved. */
export interface LensData {
  readonly uri: string;
  readonly what: "uses" | "value";
  readonly namespace: string;
  readonly key: string;
}

/** LSP 3.17 textDocument/codeLens in a script */
export async function codeLens(
  context: ScriptContext,
  { document: { uri }, workspace, file, folder, model }: OpenScript,
): Promise<CodeLens[] | null> {
  if (!context.settings.codeLenses) return null;
  const about = folder === undefined ? (["uses"] as const) : (["uses", "value"] as const);
  const keys = keyLenses(workspace, file).flatMap(({ namespace, key, place }) =>
    about.map((what): CodeLens => {
      const data: LensData = { uri, what, namespace, key };
      return { range: rangeOfPlace(place), data };
    }),
  );
  const runs = context.options.commandLinks === true && context.trusted && model.uses.length > 0;
  if (!runs || !uri.startsWith("file:")) return keys;
  return [...RUNS.map(({ title, command }) => runLens(title, command, uri)), ...keys];
}

function runLens(title: string, command: string, uri: string): CodeLens {
  return { range: TOP, command: { title, command: `llmspellState.${command}`, arguments: [uri] } };
}

/** LSP 3.17 codeLens/resolve: counts and values, looked up only for what is on the screen. */
export async function codeLensResolve(
  context: ScriptContext,
  { folder, workspace }: OpenScript,
  lens: CodeLens,
): Promise<CodeLens> {
  const data = lens.data as LensData;
  if (data.what === "uses") {
    const { title, references } = usesLens(workspace, data);
    const locations = references.map(({ file, place }) => ({
      uri: uriOf(folder, file),
      range: rangeOfPlace(place),
    }));
    const shown = [data.uri, lens.range.start, locations];
    return { ...lens, command: clientCommand(context, title, "showReferences", shown) };
  }
  const view = folder?.view();
  if (folder === undefined || view === undefined) return lens;
  const { title, stored } = await valueLens(view, data);
  const { namespace, key } = data;
  const named = [{ store: folder.id, namespace, key }];
  return {
    ...lens,
    command: stored ? clientCommand(context, title, "showValue", named) : { title, command: "" },
  };
}

/** A command of the client, where it has them; else only the title. */
function clientCommand(
  { options }: ScriptContext,
  title: string,
  name: string,
  given: unknown[],
): Command {
  if (options.commandLinks !== true) return { title, command: "" };
  return { title, command: `llmspellState.${name}`, arguments: given };
}
