import type {
  AnnotatedTextEdit,
  ChangeAnnotation,
  TextDocumentEdit,
  TextEdit,
  WorkspaceEdit,
} from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { buildScriptModel } from "../language/script-model.ts";
import { type Doubt, type RenameEdit, renameEdits } from "../service/rename/edits.ts";
import { type Renaming, touchedNames } from "../service/rename/name.ts";
import type { StateFolder } from "../workspace/folder.ts";
import { askScript } from "./ask-script.ts";
import type { ServerContext } from "./context.ts";
import { rangeOf } from "./positions.ts";
import { scriptText } from "./script-text.ts";

const DOUBTS: Readonly<Record<Doubt, string>> = {
  pattern: "Computed names that begin so",
  similar: "Names that begin so",
  constant: "Constants that are used for something else too",
  computed: "Computed names, to be written out",
  namespace: "Keys of a namespace that is computed",
};

interface ChangedScript {
  readonly document: TextDocument;
  readonly edits: readonly RenameEdit[];
}

/**
 * What a renaming changes in each script that may name it, read as it is now: a rename must not rest
 * on what a script was when it was indexed.
 * @param files of the folder, to look at besides those that the index names
 */
export async function renameInScripts(
  context: ServerContext,
  folder: StateFolder | undefined,
  files: readonly string[],
  renaming: Renaming,
): Promise<readonly ChangedScript[]> {
  const index = folder?.index;
  await index?.settled();
  const { namespace, key } = touchedNames(renaming);
  const uses =
    key === undefined ? index?.usesOfNamespace(namespace) : index?.usesOf(namespace, key);
  const named = [...(uses?.same ?? []), ...(uses?.overlapping ?? [])].map(({ file }) => file);
  const changed: ChangedScript[] = [];
  for (const file of [...new Set([...files, ...named])].sort()) {
    const document = await scriptText(context, folder, file);
    if (document === undefined) continue;
    const all =
      (await askScript(context, document.uri, "renameIn", renaming)) ??
      renameEdits(buildScriptModel(document.getText(), index?.moduleLookup(file)), renaming);
    const edits = all.filter(({ optional }) => optional !== true || context.client.confirmEdits);
    if (edits.length > 0) changed.push({ document, edits });
  }
  return changed;
}

/** The changes for the wire, as well as the client can take them. */
export function workspaceEdit(
  { client, documents }: ServerContext,
  scripts: readonly ChangedScript[],
): WorkspaceEdit {
  if (!client.versionedEdits) {
    const changes = scripts.map(({ document, edits }): [string, TextEdit[]] => [
      document.uri,
      edits.map((edit) => textEdit(document, edit)),
    ]);
    return { changes: Object.fromEntries(changes) };
  }
  const annotations: Record<string, ChangeAnnotation> = {};
  const documentChanges = scripts.map(({ document, edits }): TextDocumentEdit => {
    const version = documents.get(document.uri)?.version ?? null;
    return {
      textDocument: { uri: document.uri, version },
      edits: edits.map((edit): TextEdit | AnnotatedTextEdit => {
        if (edit.doubt === undefined || !client.confirmEdits) return textEdit(document, edit);
        annotations[edit.doubt] = { label: DOUBTS[edit.doubt], needsConfirmation: true };
        return { ...textEdit(document, edit), annotationId: edit.doubt };
      }),
    };
  });
  return { documentChanges, changeAnnotations: annotations };
}

function textEdit(document: TextDocument, { span, newText }: RenameEdit): TextEdit {
  return { range: rangeOf(document, span), newText };
}
