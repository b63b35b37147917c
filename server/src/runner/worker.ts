/** The thread of one run: builds the Lua state, runs the script, reports, and is done. */

import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import type { ChangeDetail } from "../engine/types.ts";
import { stateFunctions } from "./bindings.ts";
import { portBridge } from "./bridge.ts";
import { failureToError } from "./failures.ts";
import { fengariRuntime } from "./fengari/runtime.ts";
import { osFunctions } from "./os.ts";
import { outputWriter, READS, STOP, WRITES } from "./output.ts";
import type { LuaChunk, LuaRuntime } from "./runtime.ts";
import { sources } from "./sources.ts";
import type { RunError } from "./types.ts";
import { type RunData, type StopReason, stopError, type WorkerMessage } from "./wire.ts";

/** Between two looks at the memory in use, in ms. */
const MEMORY_INTERVAL = 10;
/** Dead strings that are not held against the script, in MB. */
const DEAD_MB = 128;
const MIB = 1024 * 1024;

function main(data: RunData): void {
  const control = new Int32Array(data.memory.control);
  const found = sources(data.file, data.workspaceFolder);
  const send = (message: WorkerMessage) => parentPort?.postMessage(message);

  /** Reports the end and waits for the host to end this thread: no Lua code runs any more. */
  const park = (error: RunError | undefined): never => {
    send({ type: "ended", error });
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  const stop = (reason: StopReason): never => {
    const { code, message } = stopError(reason, data.limits);
    const { position, traceback } = runtime.where();
    return park(failureToError({ kind: "runtime", message, position, traceback }, code, found));
  };
  const obey = () => {
    const reason = Atomics.load(control, STOP);
    if (reason !== 0) stop(reason as StopReason);
  };

  let nextLook = 0;
  const watchMemory = () => {
    const now = performance.now();
    if (now < nextLook) return;
    // Close to its limit the heap has just been collected: what is in use is really in use. Long
    // strings lie outside of it, and V8 lets about 90 MB of dead ones pile up.
    const { used_heap_size, heap_size_limit, external_memory } = getHeapStatistics();
    const heapIsFull = used_heap_size > 0.9 * heap_size_limit;
    if (heapIsFull || external_memory > (data.limits.memoryMb + DEAD_MB) * MIB) stop(3);
    nextLook = performance.now() + MEMORY_INTERVAL;
  };

  const write = outputWriter(data.memory, () => send({ type: "output" }));
  const runtime: LuaRuntime = fengariRuntime({
    module: found.module,
    tick: () => {
      obey();
      watchMemory();
    },
    write: (bytes) => {
      if (!write(bytes)) stop(4);
    },
  });
  const context = {
    bridge: portBridge(data.port, obey),
    origin: data.origin,
    read: () => Atomics.add(control, READS, 1),
    wrote: (change: ChangeDetail) => {
      Atomics.add(control, WRITES, 1);
      send({ type: "change", change });
    },
  };
  for (const [name, body] of stateFunctions(context, data.features))
    runtime.define("State", name, body);
  for (const [name, body] of osFunctions(data.environment)) runtime.define("os", name, body);

  let chunk: LuaChunk;
  try {
    chunk = found.main(data.text);
  } catch (error) {
    park({
      code: "script-unreadable",
      message: `The script ${data.file} cannot be read: ${error instanceof Error ? error.message : error}.`,
      file: data.file,
    });
    return;
  }
  send({ type: "started" });
  obey();
  const failure = runtime.run(chunk, data.args);
  park(
    failure === undefined
      ? undefined
      : failureToError(
          failure,
          failure.kind === "syntax" ? "script-syntax" : "script-error",
          found,
        ),
  );
}

main(workerData);
