import { parentPort, workerData } from "node:worker_threads";
import { serveIndex } from "../../server/src/workspace/index/serve.ts";

if (parentPort === null) throw new Error("This file is the entry of a worker thread.");
serveIndex(parentPort, workerData, () => undefined);
