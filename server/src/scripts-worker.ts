/** Entry of the thread that reads, understands and checks the scripts of one workspace folder. */
import { parentPort, workerData } from "node:worker_threads";
import { serveChecks } from "./handlers/workspace-check/serve.ts";
import { serveIndex } from "./workspace/index/serve.ts";

if (parentPort === null) throw new Error("This file is the entry of a worker thread.");
serveIndex(parentPort, workerData, serveChecks);
