import type { MarkupContent, SignatureHelp, SignatureHelpParams } from "vscode-languageserver/node";
import { signatureHelp as helpAt } from "../service/signature-help.ts";
import { type ServerContext, scriptAt } from "./context.ts";

/** LSP 3.17 textDocument/signatureHelp */
export async function signatureHelp(
  context: ServerContext,
  { textDocument, position }: SignatureHelpParams,
): Promise<SignatureHelp | null> {
  const script = scriptAt(context, textDocument.uri);
  if (script === undefined) return null;
  const { document, folder, model } = script;
  const help = helpAt({
    model,
    offset: document.offsetAt(position),
    configuration: folder?.configuration,
  });
  if (help === undefined) return null;
  return {
    signatures: [
      {
        label: help.label,
        documentation: markdown(help.documentation),
        parameters: help.parameters.map(({ label, documentation }) => ({
          label: [label[0], label[1]],
          ...(documentation === "" ? {} : { documentation: markdown(documentation) }),
        })),
      },
    ],
    activeSignature: 0,
    activeParameter: help.activeParameter,
  };
}

function markdown(value: string): MarkupContent {
  return { kind: "markdown", value };
}
