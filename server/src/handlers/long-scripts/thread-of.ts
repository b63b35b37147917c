import { fileURLToPath } from "node:url";
import type { StateFolder } from "../../workspace/folder.ts";
import type { FileSummary } from "../../workspace/index/summary.ts";
import { fileNamed, type ServerContext } from "../context.ts";
import { ScriptThread } from "./script-thread.ts";

/** The other thread that understands the script under a URI; undefined: this one does, or nobody. */
export function threadOf(context: ServerContext, uri: string): ScriptThread | undefined {
  const document = context.documents.get(uri);
  if (document === undefined || !context.threads.isLong(document)) return undefined;
  const folder = context.folders.of(uri);
  if (folder?.index === undefined) return undefined;
  context.models.forget(uri);
  return context.threads.of(folder.id, () => startThread(context, folder));
}

function startThread(context: ServerContext, folder: StateFolder): ScriptThread {
  const documents = () =>
    context.documents.all().filter(({ uri }) => context.folders.of(uri) === folder);
  return new ScriptThread({
    connect: () => folder.index?.connect("questions"),
    surroundings: () => ({
      folder: { id: folder.id, path: folder.path },
      configuration: folder.configuration,
      configurationFile: folder.configurationFile,
      client: context.client,
      options: context.options,
      trusted: context.trusted,
      settings: context.settings,
      complete: folder.index?.complete === true,
    }),
    documents,
    scripts: () => {
      const scripts = new Map<string, FileSummary>();
      for (const document of documents()) {
        const file = fileNamed(folder, document.uri);
        const summary = folder.index?.openSummary(file);
        if (summary !== undefined && !context.threads.isLong(document)) scripts.set(file, summary);
      }
      return scripts;
    },
    engine: () => (folder.configuration === undefined ? undefined : folder.connectEngine("editor")),
    onScript: (uri, does) => {
      const document = context.documents.get(uri);
      if (document === undefined || !context.threads.isLong(document)) return;
      folder.index?.opened(fileURLToPath(uri), does);
      const others = context.documents.keys().filter((other) => other !== uri);
      context.diagnostics.scriptTold(uri, others);
    },
  });
}
