import type { Hover, HoverParams } from "vscode-languageserver/node";
import { hover as hoverAt } from "../service/hover.ts";
import { hoverConfiguration } from "./configuration-language.ts";
import { type ServerContext, scriptAt } from "./context.ts";
import { rangeOf } from "./positions.ts";

/** LSP 3.17 textDocument/hover */
export async function hover(
  context: ServerContext,
  { textDocument, position }: HoverParams,
): Promise<Hover | null> {
  const script = scriptAt(context, textDocument.uri);
  if (script === undefined) return hoverConfiguration(context, textDocument.uri, position);
  const { document, folder, model, workspace } = script;
  const found = await hoverAt({
    model,
    offset: document.offsetAt(position),
    view: folder?.view(),
    workspace,
    configuration: folder?.configuration,
    now: Date.now(),
  });
  if (found === undefined) return null;
  return {
    range: rangeOf(document, found.span),
    contents: { kind: "markdown", value: found.markdown },
  };
}
