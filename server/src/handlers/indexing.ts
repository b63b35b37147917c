import type { WorkDoneProgressServerReporter } from "vscode-languageserver/node";
import type { StateFolder } from "../workspace/folder.ts";
import type { IndexProgress } from "../workspace/index/wire.ts";
import type { ServerContext } from "./context.ts";

/** Fewer scripts than this are read before anyone could see it. */
const WORTH_SHOWING = 200;

/** Shows the reading of a folder's scripts where it takes a while. */
export function showIndexing(
  { connection, client, indexing }: ServerContext,
  { id, name }: StateFolder,
  { done, total }: IndexProgress,
): void {
  const shown = indexing.get(id);
  if (shown === undefined) {
    if (!client.progress || done >= total || total < WORTH_SHOWING) return;
    const created = connection.window.createWorkDoneProgress().catch(() => undefined);
    indexing.set(id, created);
    void created.then((progress) => progress?.begin(`Reading the scripts of ${name}`, 0));
    return;
  }
  void shown.then((progress: WorkDoneProgressServerReporter | undefined) => {
    if (done < total) progress?.report(Math.floor((100 * done) / total), `${done} of ${total}`);
    else progress?.done();
  });
  if (done >= total) indexing.delete(id);
}
