import type { MessagePort } from "node:worker_threads";
import { Indexer } from "./indexer.ts";
import { ScriptWatch } from "./script-watch.ts";
import type { FromIndexWorker, IndexWorkerData, ToIndexWorker } from "./wire.ts";

/**
 * Keeps the index of a workspace folder's scripts for the thread at the other end of `owner`.
 * @param connected gets the port of somebody who has other work with these scripts, and what it is
 */
export function serveIndex(
  owner: MessagePort,
  options: IndexWorkerData,
  connected: (port: MessagePort, indexer: Indexer, work: string) => void,
): void {
  const post = (message: FromIndexWorker): void => owner.postMessage(message);
  const indexer = new Indexer(options, post);
  owner.on("message", (message: ToIndexWorker) => {
    if ("touched" in message) indexer.touched(message.touched);
    else if ("given" in message) indexer.given(message.given, message.module);
    else if ("settle" in message)
      void indexer.settled().then(() => post({ settled: message.settle }));
    else if ("connect" in message) connected(message.connect, indexer, message.work);
    else {
      indexer.save();
      process.exit();
    }
  });
  void begin(indexer, options);
}

async function begin(indexer: Indexer, { watch, folder }: IndexWorkerData): Promise<void> {
  await indexer.settled();
  indexer.save();
  if (watch) new ScriptWatch(folder, indexer);
}
