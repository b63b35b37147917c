import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  InitializeParams,
  WorkspaceFolder,
  WorkspaceFoldersChangeEvent,
} from "vscode-languageserver/node";
import { backupsChangedNotification } from "../../../shared/src/protocol.ts";
import { RULE_CODES } from "../service/rules/registry.ts";
import { StateFolder } from "../workspace/folder.ts";
import { codeChanged, stateChanged } from "./changes.ts";
import { configurationChanged, tellStoresChanged } from "./configuration.ts";
import { publishConfigurationProblems } from "./configuration-diagnostics.ts";
import type { ServerContext } from "./context.ts";
import { showIndexing } from "./indexing.ts";
import { stackOf } from "./route.ts";
import { checkWorkspace, stopChecking } from "./workspace-diagnostics.ts";

/** The folders that the client opens with; older clients name only a root. */
export function initialFolders({ workspaceFolders, rootUri }: InitializeParams): WorkspaceFolder[] {
  const root = rootUri ? [{ uri: rootUri, name: basename(rootUri) }] : [];
  return workspaceFolders ?? root;
}

/** Opens the state of workspace folders; those that have no path here have none. */
export async function openFolders(
  context: ServerContext,
  folders: readonly WorkspaceFolder[],
): Promise<void> {
  const opened = folders
    .filter(({ uri }) => uri.startsWith("file:"))
    .map((folder) => stateFolder(context, folder));
  await context.folders.add(opened);
  for (const folder of opened) {
    void publishConfigurationProblems(context, folder);
    checkWorkspace(context, folder);
  }
}

/** LSP 3.17 workspace/didChangeWorkspaceFolders */
export async function changeFolders(
  context: ServerContext,
  { added, removed }: WorkspaceFoldersChangeEvent,
): Promise<void> {
  const gone = context.folders.all().filter(({ uri }) => removed.some((one) => one.uri === uri));
  for (const folder of gone) {
    stopChecking(context, folder);
    context.threads.remove(folder.id);
  }
  await context.folders.remove(removed.map(({ uri }) => uri));
  await openFolders(context, added);
  tellStoresChanged(context);
}

function stateFolder(context: ServerContext, { uri, name }: WorkspaceFolder): StateFolder {
  return new StateFolder({
    uri,
    name,
    path: fileURLToPath(uri),
    explicitFile: context.configFile,
    variables: context.environment.variables,
    trusted: context.trusted,
    knownRules: RULE_CODES,
    engineWorker: context.environment.engineWorker,
    scriptsWorker: context.environment.scriptsWorker,
    cacheFolder: context.options.cacheFolder,
    exclude: context.settings.exclude,
    onIndex: (folder, change) => codeChanged(context, folder, change),
    onIndexProgress: (folder, progress) => showIndexing(context, folder, progress),
    onIndexFailure: (folder, error, again) =>
      context.connection.console.error(
        `Reading the scripts of ${folder.name} ended: ${stackOf(error)}. ${again ? "It begins anew." : "Reload the window to begin anew; until then not all of them are known."}`,
      ),
    onBackups: ({ id }) =>
      void context.connection.sendNotification(backupsChangedNotification.method, { store: id }),
    onChange: (folder, event) => stateChanged(context, folder, event),
    onConfiguration: (folder, reloaded) => configurationChanged(context, folder, reloaded),
  });
}
