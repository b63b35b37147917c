import { changedNotification } from "../../../shared/src/protocol.ts";
import type { FeedEvent } from "../engine/engine.ts";
import type { StateFolder } from "../workspace/folder.ts";
import type { IndexChange } from "../workspace/index/workspace-index.ts";
import { type ServerContext, uriOf } from "./context.ts";
import { surroundingsChanged } from "./diagnostics.ts";

/** State changed, here or in another process: the client hears of it, open scripts are checked again. */
export function stateChanged(context: ServerContext, folder: StateFolder, event: FeedEvent): void {
  const changes = event.kind === "changes" ? [...event.changes] : [];
  void context.connection.sendNotification(changedNotification.method, {
    store: folder.id,
    changes,
    reset: event.kind === "reset",
  });
  surroundingsChanged(context);
  context.refresh.ask();
}

/** More is known of the scripts, or one of them changed. */
export function codeChanged(
  context: ServerContext,
  folder: StateFolder,
  { modules, files: [file, ...more] }: IndexChange,
): void {
  const alone = file === undefined || more.length > 0 ? undefined : uriOf(folder, file);
  if (modules) context.models.modulesChanged(alone);
  surroundingsChanged(context, alone);
  context.refresh.ask();
}
