import type { CancellationToken, Connection } from "vscode-languageserver/node";
import type { JobControl } from "../engine/engine.ts";

/**
 * Runs long work: what it reports goes to the client's `workDoneToken` (LSP 3.17, Work Done
 * Progress), and the request's cancellation stops it.
 */
export async function runJob<T>(
  connection: Connection,
  title: string,
  workDoneToken: string | number | undefined,
  token: CancellationToken,
  work: (control: JobControl) => Promise<T>,
): Promise<T> {
  const aborter = new AbortController();
  if (token.isCancellationRequested) aborter.abort();
  const cancelled = token.onCancellationRequested(() => aborter.abort());
  const reporter =
    workDoneToken === undefined
      ? undefined
      : connection.window.attachWorkDoneProgress(workDoneToken);
  reporter?.begin(title, 0, undefined, true);
  try {
    return await work({
      signal: aborter.signal,
      progress: ({ done, total, what }) =>
        reporter?.report(total === 0 ? 0 : Math.floor((100 * done) / total), what),
    });
  } finally {
    reporter?.done();
    cancelled.dispose();
  }
}
