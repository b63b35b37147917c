import { TextDocument } from "vscode-languageserver-textdocument";
import type {
  CheckValueParams,
  EntryParams,
  ValueMismatch,
  ValueSchemaResult,
} from "../../../shared/src/protocol.ts";
import { type KnownForm, knownForm } from "../service/value-form/known-form.ts";
import { mismatches } from "../service/value-form/mismatches.ts";
import { schemaText } from "../service/value-form/schema.ts";
import type { StateFolder } from "../workspace/folder.ts";
import { type ServerContext, storeFolder, uriOf } from "./context.ts";
import { rangeOf } from "./positions.ts";

/** llmspellState/valueSchema */
export async function valueSchema(
  context: ServerContext,
  params: EntryParams,
): Promise<ValueSchemaResult> {
  const folder = storeFolder(context, params.store);
  const script = (file: string, line: number) => `${uriOf(folder, file)}#L${line + 1}`;
  return { schema: schemaText(await formOf(folder, params), { script }) };
}

/** llmspellState/checkValue */
export async function checkValue(
  context: ServerContext,
  { text, ...params }: CheckValueParams,
): Promise<ValueMismatch[]> {
  const known = await formOf(storeFolder(context, params.store), params);
  const document = TextDocument.create("", "json", 0, text);
  return mismatches(text, known).map(({ span, message }) => ({
    range: rangeOf(document, span),
    message,
  }));
}

function formOf(folder: StateFolder, { namespace, key }: EntryParams): Promise<KnownForm> {
  return knownForm({ namespace, key, view: folder.openView(), workspace: folder.index });
}
