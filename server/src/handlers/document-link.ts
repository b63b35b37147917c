import type { DocumentLink } from "vscode-languageserver/node";
import { valueUriText } from "../../../shared/src/value-uri.ts";
import { keyLinks } from "../service/live/links.ts";
import type { OpenScript, ScriptContext } from "./context.ts";
import { rangeOf } from "./positions.ts";

/** LSP 3.17 textDocument/documentLink: from keys to the documents of their values. */
export async function documentLink(
  context: ScriptContext,
  { document, folder, model }: OpenScript,
): Promise<DocumentLink[] | null> {
  const view = folder?.view();
  if (folder === undefined || view === undefined) return null;
  // Who does not know the documents could not open them.
  if (context.options.commandLinks !== true) return null;
  return (await keyLinks(model, view)).map(({ span, namespace, key }) => ({
    range: rangeOf(document, span),
    target: valueUriText(folder.id, { namespace, key }),
    tooltip: "Show the stored value",
  }));
}
