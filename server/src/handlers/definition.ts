import type { DefinitionParams, Location } from "vscode-languageserver/node";
import { definition as definitionAt } from "../service/navigation/definition.ts";
import type { OpenScript, ScriptContext } from "./context.ts";
import { rangeOf } from "./positions.ts";
import { scriptText } from "./script-text.ts";

/** LSP 3.17 textDocument/definition and textDocument/declaration */
export async function definition(
  context: ScriptContext,
  { document, folder, model, file, workspace }: OpenScript,
  { position }: DefinitionParams,
): Promise<Location[] | null> {
  const offset = document.offsetAt(position);
  const places = definitionAt({ model, offset, file, workspace });
  const found = places.map(async (place): Promise<Location[]> => {
    const text = await scriptText(context, folder, place.file);
    return text === undefined ? [] : [{ uri: text.uri, range: rangeOf(text, place.span) }];
  });
  return (await Promise.all(found)).flat();
}
