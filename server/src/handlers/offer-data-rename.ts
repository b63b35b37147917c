import { messageOf } from "../../../shared/src/errors.ts";
import { quote } from "../../../shared/src/names.ts";
import type { EntryName } from "../engine/rename.ts";
import type { Renaming } from "../service/rename/name.ts";
import type { StateFolder } from "../workspace/folder.ts";
import { askScript } from "./ask-script.ts";
import type { ServerContext } from "./context.ts";
import { renamableData } from "./renamable-data.ts";
import { stackOf } from "./route.ts";
import { Outdated } from "./slices.ts";

/** For so long an edit may be looked at before it is applied. */
const PATIENCE_MS = 120_000;

/**
 * Offers to rename what is stored as well, once the script at `uri` shows that its renaming was
 * applied; says nothing where nothing is stored under the old name, or something under the new one.
 */
export function offerDataRename(context: ServerContext, uri: string, renaming: Renaming): void {
  const folder = context.folders.of(uri);
  const from = storedName(renaming);
  if (!context.trusted || folder === undefined || from === undefined) return;
  let offered = false;
  const offerWhenNamed = async () => {
    if (offered || (await askScript(context, uri, "usesNewName", renaming)) !== true) return;
    if (offered) return;
    offered = true;
    stop();
    await offer(context, folder, from, renaming.to);
  };
  const waiting = context.documents.onDidChangeContent(({ document }) => {
    if (document.uri !== uri) return;
    offerWhenNamed().catch((error) => {
      // The next change is looked at again.
      if (error instanceof Outdated) return;
      context.connection.console.error(`Renaming stored data failed: ${stackOf(error)}`);
    });
  });
  const timer = setTimeout(() => waiting.dispose(), PATIENCE_MS).unref();
  const stop = () => {
    clearTimeout(timer);
    waiting.dispose();
  };
}

/** What is renamed, where that is one name that is known for sure. */
function storedName({ of, namespace, extent, from }: Renaming): EntryName | undefined {
  if (extent !== "whole") return undefined;
  if (of === "namespace") return { namespace: from };
  return namespace.kind === "exact" ? { namespace: namespace.text, key: from } : undefined;
}

async function offer(
  context: ServerContext,
  folder: StateFolder,
  from: EntryName,
  to: string,
): Promise<void> {
  const { entries, conflicts } = await renamableData(folder.openView(), from, to);
  if (entries === 0 || conflicts > 0) return;
  const old = quote(from.key ?? from.namespace);
  const { window } = context.connection;
  const kept = `Scripts now say ${quote(to)}; what is stored is still named ${old}.`;
  if (context.options.commandLinks !== true) {
    window.showInformationMessage(
      `${kept} The command llmspellState.server.renameEntries renames it.`,
    );
    return;
  }
  const rename = { title: "Rename Stored Data" };
  if ((await window.showInformationMessage(kept, rename)) === undefined) return;
  try {
    await folder.jobs().renameEntries("editor", from, to);
    const undo = { title: "Undo" };
    const done = `What was stored as ${old} is now ${quote(to)}.`;
    if ((await window.showInformationMessage(done, undo)) === undefined) return;
    const back = from.key === undefined ? { namespace: to } : { ...from, key: to };
    await folder.jobs().renameEntries("editor", back, from.key ?? from.namespace);
  } catch (error) {
    window.showErrorMessage(messageOf(error));
  }
}
