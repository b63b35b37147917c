/** A worker that breaks as soon as it is given something to do. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", () => {
  throw new Error("boom");
});
