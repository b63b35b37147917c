/** Entry of the engine's worker thread: everything that may wait or take long happens in here. */
import { parentPort, workerData } from "node:worker_threads";
import { openEngine } from "./open.ts";
import { serveEngine } from "./serve.ts";
import type { EngineWorkerData, FromWorker, ToWorker } from "./wire.ts";

const owner = parentPort;
if (owner === null) throw new Error("This file is the entry of a worker thread.");

const { options } = workerData as EngineWorkerData;
const engine = openEngine(options);
const changed: FromWorker = { changed: true };

owner.on("message", (message: ToWorker) => {
  if ("close" in message) {
    void engine.close().finally(() => process.exit());
  } else {
    const onChanged = (): void => owner.postMessage(changed);
    serveEngine(engine, message.serve, { origin: message.origin, onChanged });
  }
});
