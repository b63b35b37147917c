/** Entry of the index's worker thread: reads and understands the scripts of one workspace folder. */
import { parentPort, workerData } from "node:worker_threads";
import { Indexer } from "./indexer.ts";
import { ScriptWatch } from "./script-watch.ts";
import type { FromIndexWorker, IndexWorkerData, ToIndexWorker } from "./wire.ts";

const owner = parentPort;
if (owner === null) throw new Error("This file is the entry of a worker thread.");

const options = workerData as IndexWorkerData;
const indexer = new Indexer(options, (message) => owner.postMessage(message));

owner.on("message", (message: ToIndexWorker) => {
  if ("touched" in message) indexer.touched(message.touched);
  else if ("given" in message) indexer.given(message.given, message.module);
  else if ("settle" in message) void settle(message.settle);
  else {
    indexer.save();
    process.exit();
  }
});

async function settle(id: number): Promise<void> {
  await indexer.settled();
  owner?.postMessage({ settled: id } satisfies FromIndexWorker);
}

async function begin(): Promise<void> {
  await indexer.settled();
  indexer.save();
  if (options.watch) new ScriptWatch(options.folder, indexer);
}

void begin();
