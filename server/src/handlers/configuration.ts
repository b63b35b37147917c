import { pathToFileURL } from "node:url";
import { MessageType, ShowMessageNotification } from "vscode-languageserver/node";
import { storesChangedNotification } from "../../../shared/src/protocol.ts";
import type { Reloaded, StateFolder } from "../workspace/folder.ts";
import { publishConfigurationProblems } from "./configuration-diagnostics.ts";
import type { ServerContext } from "./context.ts";
import { surroundingsChanged } from "./diagnostics.ts";

/** A folder's configuration is another one now: open scripts and views stay and are told. */
export function configurationChanged(
  context: ServerContext,
  folder: StateFolder,
  { fileBefore, leftBehind }: Reloaded,
): void {
  if (fileBefore !== undefined && fileBefore !== folder.configurationFile) {
    void context.connection.sendDiagnostics({
      uri: pathToFileURL(fileBefore).href,
      diagnostics: [],
    });
  }
  void publishConfigurationProblems(context, folder);
  if (leftBehind !== undefined) {
    const now = folder.configuration?.path;
    void context.connection.sendNotification(ShowMessageNotification.type, {
      type: MessageType.Warning,
      message: `The state of ${folder.name} is now kept in ${now}. What was stored so far is still in ${leftBehind} and is not looked at: move it, or set \`path\` back.`,
    });
  }
  tellStoresChanged(context);
}

/** Says that the stores must be asked for again, and checks the open scripts with them. */
export function tellStoresChanged(context: ServerContext): void {
  void context.connection.sendNotification(storesChangedNotification.method, {});
  surroundingsChanged(context);
  context.refresh.ask();
}
