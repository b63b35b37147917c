import { parentPort, workerData } from "node:worker_threads";
import { dryRunEngine } from "./dry-run.ts";
import { type EngineParts, openEngine } from "./open.ts";
import { serveEngine } from "./serve.ts";
import { shortPause } from "./short-pause.ts";
import type { EngineWorkerData, FromWorker, ToWorker } from "./wire.ts";

/** What the engine's worker thread does, from its start to its end. */
export function runEngineThread(parts: EngineParts): void {
  const owner = parentPort;
  if (owner === null) throw new Error("This belongs into a worker thread.");

  const { options, listens } = workerData as EngineWorkerData;
  const changed: FromWorker = { changed: true };
  const hear = listens ? () => owner.postMessage(changed) : undefined;
  const engine = openEngine(options, parts, hear);

  owner.on("message", (message: ToWorker) => {
    if ("close" in message) {
      void engine.close().finally(() => process.exit());
    } else {
      const { serve, origin, dryRun, besideEditor } = message;
      const onChanged = (): void => {
        if (!dryRun) owner.postMessage(changed);
      };
      const pause = besideEditor ? shortPause : undefined;
      const served = dryRun ? dryRunEngine(engine, options) : engine;
      serveEngine(served, serve, { origin, onChanged, pause });
    }
  });
}
