import type { MarkupContent, SignatureHelp, SignatureHelpParams } from "vscode-languageserver/node";
import { signatureHelp as helpAt } from "../service/signature-help.ts";
import type { OpenScript, ScriptContext } from "./context.ts";

/** LSP 3.17 textDocument/signatureHelp */
export async function signatureHelp(
  _: ScriptContext,
  { document, folder, model }: OpenScript,
  { position }: SignatureHelpParams,
): Promise<SignatureHelp | null> {
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
