import type { Location, ReferenceParams } from "vscode-languageserver/node";
import type { ReferencesParams, ReferencesResult } from "../../../shared/src/protocol.ts";
import { referencesAt, referencesTo } from "../service/navigation/references.ts";
import {
  type OpenScript,
  type ScriptContext,
  type ServerContext,
  storeFolder,
  uriOf,
} from "./context.ts";
import { rangeOfPlace } from "./positions.ts";

/** LSP 3.17 textDocument/references: what is saved counts as a declaration. */
export async function references(
  _: ScriptContext,
  { document, file, folder, model, workspace }: OpenScript,
  { position, context: { includeDeclaration } }: ReferenceParams,
): Promise<Location[] | null> {
  const found = referencesAt({ model, offset: document.offsetAt(position), file, workspace });
  if (found === undefined) return null;
  return found
    .filter(({ access }) => includeDeclaration || access !== "write")
    .map(({ file, place }) => ({ uri: uriOf(folder, file), range: rangeOfPlace(place) }));
}

/** llmspellState/references */
export async function stateReferences(
  context: ServerContext,
  { store, namespace, key }: ReferencesParams,
): Promise<ReferencesResult> {
  const folder = storeFolder(context, store);
  if (folder.index === undefined) return { references: [], complete: false };
  const found = referencesTo(folder.index, {
    namespace: { kind: "exact", text: namespace },
    ...(key === undefined ? {} : { key: { kind: "exact" as const, text: key } }),
  });
  return {
    references: found.map(({ file, place, ...reference }) => ({
      uri: uriOf(folder, file),
      range: rangeOfPlace(place),
      ...reference,
    })),
    complete: folder.index.complete,
  };
}
