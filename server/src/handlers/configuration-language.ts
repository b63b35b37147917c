import { fileURLToPath } from "node:url";
import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  type Hover,
  type Position,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { StateConfiguration } from "../config/types.ts";
import { type ConfigItem, completeConfig } from "../service/config/complete.ts";
import { hoverConfig } from "../service/config/hover.ts";
import { configurationFolder } from "./configuration-diagnostics.ts";
import type { ServerContext } from "./context.ts";
import { rangeOf } from "./positions.ts";

const KINDS: Readonly<Record<ConfigItem["kind"], CompletionItemKind>> = {
  table: CompletionItemKind.Module,
  key: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
};

/** What may stand at a position of a folder's configuration file; null in any other document. */
export function completeConfiguration(
  context: ServerContext,
  uri: string,
  position: Position,
): CompletionList | null {
  const asked = askedOf(context, uri);
  if (asked === undefined) return null;
  const { document, configuration } = asked;
  const offset = document.offsetAt(position);
  const items = completeConfig({ text: document.getText(), offset, configuration });
  return { isIncomplete: false, items: items.map((item, index) => toItem(document, item, index)) };
}

/** What stands at a position of a folder's configuration file; null in any other document. */
export function hoverConfiguration(
  context: ServerContext,
  uri: string,
  position: Position,
): Hover | null {
  const asked = askedOf(context, uri);
  if (asked === undefined) return null;
  const { document, configuration } = asked;
  const offset = document.offsetAt(position);
  const found = hoverConfig({ text: document.getText(), offset, configuration });
  if (found === undefined) return null;
  return {
    range: rangeOf(document, found.span),
    contents: { kind: "markdown", value: found.markdown },
  };
}

function askedOf(
  context: ServerContext,
  uri: string,
):
  | { readonly document: TextDocument; readonly configuration: StateConfiguration | undefined }
  | undefined {
  const document = context.documents.get(uri);
  const folder = configurationFolder(context, uri);
  if (document === undefined || folder === undefined) return undefined;
  const { configuration } = folder.judge(document.getText(), fileURLToPath(uri));
  return { document, configuration: configuration ?? folder.configuration };
}

function toItem(
  document: TextDocument,
  { label, kind, detail, documentation, insertText, span, continues }: ConfigItem,
  index: number,
): CompletionItem {
  return {
    label,
    kind: KINDS[kind],
    detail,
    documentation: { kind: "markdown", value: documentation },
    sortText: String(index).padStart(3, "0"),
    filterText: kind === "value" ? insertText : label,
    textEdit: { range: rangeOf(document, span), newText: insertText },
    ...(continues
      ? { command: { title: "Suggest", command: "editor.action.triggerSuggest" } }
      : {}),
  };
}
