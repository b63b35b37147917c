/** Entry of the thread that reads, understands and checks the scripts of one workspace folder. */
import { parentPort, workerData } from "node:worker_threads";
import { serveQuestions } from "./handlers/long-scripts/serve.ts";
import { serveChecks } from "./handlers/workspace-check/serve.ts";
import { serveIndex } from "./workspace/index/serve.ts";

if (parentPort === null) throw new Error("This file is the entry of a worker thread.");
serveIndex(parentPort, workerData, (port, indexer, work) => {
  if (work === "questions") serveQuestions(port, indexer);
  else serveChecks(port, indexer);
});
