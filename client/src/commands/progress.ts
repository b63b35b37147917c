import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import type { Connection } from "../connection.ts";

/**
 * Runs long work of the server in a notification that shows how far it is and can cancel it.
 * `work` passes `workDoneToken` on with its request, and `token` so that cancelling reaches it.
 */
export async function withServerProgress<T>(
  connection: Connection,
  title: string,
  work: (workDoneToken: string, token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return await vscode.window.withProgress(
    { location, title, cancellable: true },
    async (progress, token) => {
      const workDoneToken = randomUUID();
      let shown = 0;
      const listening = connection.progress(workDoneToken, ({ message, percentage = shown }) => {
        progress.report({
          increment: percentage - shown,
          ...(message === undefined ? {} : { message }),
        });
        shown = percentage;
      });
      try {
        return await work(workDoneToken, token);
      } finally {
        listening.dispose();
      }
    },
  );
}
