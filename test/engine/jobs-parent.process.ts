/** Starts a backup in a process for long work, says when it is under way, and waits for it. */
import type { EngineOptions } from "../../server/src/engine/engine.ts";
import { startJobsProcess } from "../../server/src/engine/jobs-process.ts";

const options = JSON.parse(process.argv[2] ?? "") as EngineOptions;
const jobs = startJobsProcess(
  new URL("../../server/src/engine/worker.ts", import.meta.url),
  options,
);
await jobs.createBackup({ incremental: false }, { progress: () => process.send?.("under way") });
