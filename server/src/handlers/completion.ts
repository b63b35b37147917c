import {
  type CompletionItem,
  CompletionItemKind,
  CompletionItemTag,
  type CompletionList,
  type CompletionParams,
  InsertTextFormat,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { complete, resolveCompletion } from "../service/completion/complete.ts";
import type {
  CompletionData,
  CompletionKind,
  CompletionItem as PlainItem,
} from "../service/types.ts";
import { backupSummary } from "./backup-summary.ts";
import type { OpenScript, ScriptContext, ServerContext } from "./context.ts";
import { rangeOf } from "./positions.ts";

const KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  member: CompletionItemKind.Function,
  namespace: CompletionItemKind.Module,
  key: CompletionItemKind.Field,
  segment: CompletionItemKind.Folder,
  owner: CompletionItemKind.Value,
  backup: CompletionItemKind.File,
  pattern: CompletionItemKind.Snippet,
  field: CompletionItemKind.Field,
  version: CompletionItemKind.Constant,
};

/** `data` of an item: what names the thing, and whose store it is in. */
interface ItemData {
  readonly uri: string;
  readonly of: CompletionData;
}

/** LSP 3.17 textDocument/completion in a script */
export async function completion(
  context: ScriptContext,
  { document, folder, model, workspace }: OpenScript,
  { position }: CompletionParams,
): Promise<CompletionList | null> {
  const { items, isIncomplete } = await complete({
    model,
    offset: document.offsetAt(position),
    view: folder?.view(),
    workspace,
    configuration: folder?.configuration,
    leaveMembers: context.settings.luaLibrary,
    versions: folder && (() => folder.engine().schemaStatus()),
    snippets: context.client.snippets,
    backups: folder && (async () => (await folder.engine().backups()).map(backupSummary)),
  });
  return { items: items.map((item) => toItem(context, document, item)), isIncomplete };
}

function toItem(
  { client }: ScriptContext,
  document: TextDocument,
  item: PlainItem,
): CompletionItem {
  const { label, detail, documentation, insertText, sortText, filterText, data } = item;
  const result: CompletionItem = {
    label,
    kind: KINDS[item.kind],
    sortText,
    filterText,
    textEdit: { range: rangeOf(document, item.span), newText: insertText },
  };
  if (item.snippet) result.insertTextFormat = InsertTextFormat.Snippet;
  if (detail !== undefined) {
    if (client.labelDetails) result.labelDetails = { description: detail };
    else result.detail = detail;
  }
  if (documentation !== undefined) {
    result.documentation = { kind: "markdown", value: documentation };
  }
  if (item.disabled) result.tags = [CompletionItemTag.Deprecated];
  if (item.continues) {
    result.command = { title: "Suggest", command: "editor.action.triggerSuggest" };
  }
  if (data !== undefined) result.data = { uri: document.uri, of: data } satisfies ItemData;
  return result;
}

/** LSP 3.17 completionItem/resolve: documentation, read only now. */
export async function completionResolve(
  context: ServerContext,
  item: CompletionItem,
): Promise<CompletionItem> {
  const data = item.data as ItemData | undefined;
  const view = data && context.folders.of(data.uri)?.view();
  if (data === undefined || view === undefined) return item;
  const value = await resolveCompletion({ data: data.of, view, now: Date.now() });
  return value === undefined ? item : { ...item, documentation: { kind: "markdown", value } };
}
