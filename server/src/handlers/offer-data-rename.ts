import { CancellationToken } from "vscode-languageserver/node";
import { messageOf } from "../../../shared/src/errors.ts";
import { quote } from "../../../shared/src/names.ts";
import type { StatePart } from "../../../shared/src/protocol.ts";
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
  const from = storedPart(renaming);
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

/**
 * What is renamed, where its name is known for sure. Of keys that begin alike only whole segments: what
 * begins with `p` may be anything.
 */
function storedPart({ of, namespace, extent, from, to }: Renaming): StatePart | undefined {
  if (extent === "whole" && of === "namespace") return { namespace: from };
  if (of === "namespace" || namespace.kind !== "exact") return undefined;
  if (extent === "whole") return { namespace: namespace.text, key: from };
  const isSegment = from.endsWith(":") && to.endsWith(":");
  return isSegment ? { namespace: namespace.text, prefix: from } : undefined;
}

async function offer(
  context: ServerContext,
  folder: StateFolder,
  from: StatePart,
  to: string,
): Promise<void> {
  const { entries, conflicts } = await renamableData(
    context,
    folder,
    from,
    to,
    CancellationToken.None,
  );
  if (entries === 0 || conflicts > 0) return;
  const old = from.key ?? from.prefix ?? from.namespace;
  const { window } = context.connection;
  const kept =
    from.prefix === undefined
      ? `Scripts now say ${quote(to)}; what is stored is still named ${quote(old)}.`
      : `Scripts now say ${quote(to)}; ${entries} stored ${entries === 1 ? "key still begins" : "keys still begin"} with ${quote(old)}.`;
  if (context.options.commandLinks !== true) {
    window.showInformationMessage(
      `${kept} The command llmspellState.server.renameEntries renames it.`,
    );
    return;
  }
  const rename = { title: "Rename Stored Data" };
  if ((await window.showInformationMessage(kept, rename)) === undefined) return;
  try {
    const { since } = await folder.jobs().renameEntries("editor", from, to);
    const undo = { title: "Undo" };
    const done = `What was stored as ${quote(old)} is now ${quote(to)}.`;
    if ((await window.showInformationMessage(done, undo)) === undefined) return;
    await folder.jobs().renameEntries("editor", renamedPart(from, to), old, { since });
  } catch (error) {
    window.showErrorMessage(messageOf(error));
  }
}

function renamedPart({ namespace, key, prefix }: StatePart, to: string): StatePart {
  if (key !== undefined) return { namespace, key: to };
  return prefix === undefined ? { namespace: to } : { namespace, prefix: to };
}
