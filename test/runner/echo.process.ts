/** A thread that serves an engine whose answers tell what was asked. */
import { type MessagePort, workerData } from "node:worker_threads";
import type { Engine } from "../../server/src/engine/engine.ts";
import { serveEngine } from "../../server/src/engine/serve.ts";
import { StateError } from "../../shared/src/errors.ts";

const LONG = 200_000;

const engine = {
  entry: async (namespace: string, key: string) => {
    if (key === "none") return undefined;
    if (key === "refused") throw new StateError("busy", "Locked.", "Wait.");
    const told = namespace === "long" ? key.repeat(LONG) : [namespace, key];
    return { value: JSON.stringify(told), plain: key !== "exact" };
  },
  keys: async (namespace: string) => [namespace],
  save: async (origin: string, namespace: string, key: string, value: string, saving: object) => ({
    ...{ origin, namespace, key, after: value },
    ...saving,
  }),
  delete: async (origin: string, namespace: string, key: string) =>
    key === "none" ? undefined : { origin, namespace, key },
} as unknown as Engine;

serveEngine(engine, workerData as MessagePort, { origin: undefined, onChanged: () => undefined });
