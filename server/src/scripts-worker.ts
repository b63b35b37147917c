/** Entry of the thread that reads, understands and checks the scripts of one workspace folder. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { serveChecks } from "./handlers/workspace-check/serve.ts";
import type { Indexer } from "./workspace/index/indexer.ts";
import { serveIndex } from "./workspace/index/serve.ts";

if (parentPort === null) throw new Error("This file is the entry of a worker thread.");
serveIndex(parentPort, workerData, (port, indexer, work) => {
  if (work === "questions") void answerQuestions(port, indexer);
  else serveChecks(port, indexer);
});

/** In a bundle of its own: most never open a script that is long enough. */
async function answerQuestions(port: MessagePort, indexer: Indexer): Promise<void> {
  const { serveQuestions } = await import("./handlers/long-scripts/serve.ts");
  serveQuestions(port, indexer);
}
