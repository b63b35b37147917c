import { pathToFileURL } from "node:url";
import { storesChangedNotification } from "../../../shared/src/protocol.ts";
import { ConfigurationWatch } from "../workspace/configuration-watch.ts";
import type { StateFolder } from "../workspace/folder.ts";
import type { ServerContext } from "./context.ts";
import { configDiagnostic, publishAllDiagnostics } from "./diagnostics.ts";
import { stackOf } from "./route.ts";

/** Follows the configuration files of all folders, from their first reading on. */
export function watchConfigurations(context: ServerContext): ConfigurationWatch {
  const published = new Map<StateFolder, string>();
  const publish = (folder: StateFolder) => publishProblems(context, folder, published);
  void context.ready.then(() => {
    for (const folder of context.folders.all()) publish(folder);
    void publishAllDiagnostics(context);
  });
  return new ConfigurationWatch(
    context.folders.all().map(({ path }) => path),
    context.configFile,
    (path) => {
      const folder = context.folders.all().find((candidate) => candidate.path === path);
      if (folder !== undefined) void reload(context, folder).then(() => publish(folder));
    },
  );
}

/** Reads a folder's configuration again; open scripts and views stay and are told. */
async function reload(context: ServerContext, folder: StateFolder): Promise<void> {
  try {
    await folder.load();
  } catch (error) {
    context.connection.console.error(`Configuration of ${folder.name} failed: ${stackOf(error)}`);
  }
  void context.connection.sendNotification(storesChangedNotification.method, {});
  void publishAllDiagnostics(context);
}

/** A file's problems, and none for a file that is no longer the folder's. */
function publishProblems(
  { connection }: ServerContext,
  folder: StateFolder,
  published: Map<StateFolder, string>,
): void {
  const { configurationFile } = folder;
  const before = published.get(folder);
  const uri = configurationFile && pathToFileURL(configurationFile).href;
  if (before !== undefined && before !== uri) {
    void connection.sendDiagnostics({ uri: before, diagnostics: [] });
  }
  if (uri === undefined) {
    published.delete(folder);
    return;
  }
  published.set(folder, uri);
  const diagnostics = folder.problems.map(configDiagnostic);
  void connection.sendDiagnostics({ uri, diagnostics });
}
