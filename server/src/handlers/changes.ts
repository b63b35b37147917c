import { changedNotification } from "../../../shared/src/protocol.ts";
import type { FeedEvent } from "../engine/engine.ts";
import type { StateFolder } from "../workspace/folder.ts";
import type { ServerContext } from "./context.ts";
import { publishAllDiagnostics } from "./diagnostics.ts";

/** State changed, here or in another process: the client hears of it, open scripts are checked again. */
export function stateChanged(context: ServerContext, folder: StateFolder, event: FeedEvent): void {
  const changes = event.kind === "changes" ? [...event.changes] : [];
  void context.connection.sendNotification(changedNotification.method, {
    store: folder.id,
    changes,
    reset: event.kind === "reset",
  });
  void publishAllDiagnostics(context);
}
