import {
  type DocumentSymbol,
  SymbolKind,
  type WorkspaceSymbol,
  type WorkspaceSymbolParams,
} from "vscode-languageserver/node";
import {
  type StateSymbol,
  workspaceSymbols as symbolsLike,
  documentSymbols as symbolsOf,
} from "../service/navigation/symbols.ts";
import { type OpenScript, type ScriptContext, type ServerContext, uriOf } from "./context.ts";
import { rangeOfPlace } from "./positions.ts";

const KINDS: Readonly<Record<StateSymbol["kind"], SymbolKind>> = {
  namespace: SymbolKind.Namespace,
  key: SymbolKind.Key,
};

/** LSP 3.17 textDocument/documentSymbol */
export async function documentSymbols(
  _: ScriptContext,
  { file, workspace }: OpenScript,
): Promise<DocumentSymbol[] | null> {
  return symbolsOf(workspace, file).map(toSymbol);
}

function toSymbol({ name, kind, detail, place, namePlace, children }: StateSymbol): DocumentSymbol {
  return {
    name,
    kind: KINDS[kind],
    detail,
    range: rangeOfPlace(place),
    selectionRange: rangeOfPlace(namePlace),
    children: children.map(toSymbol),
  };
}

/** LSP 3.17 workspace/symbol */
export async function workspaceSymbols(
  context: ServerContext,
  { query }: WorkspaceSymbolParams,
): Promise<WorkspaceSymbol[]> {
  return context.folders.all().flatMap((folder) => {
    const found = folder.index === undefined ? [] : symbolsLike(folder.index, query);
    return found.map(({ name, kind, container, file, place }) => ({
      name,
      kind: KINDS[kind],
      location: { uri: uriOf(folder, file), range: rangeOfPlace(place) },
      ...(container === undefined ? {} : { containerName: container }),
    }));
  });
}
