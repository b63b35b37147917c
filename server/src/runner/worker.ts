/** Entry of the Lua thread: of one run (builds the Lua state, runs the script, reports), or of one migration. */

import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../../../shared/src/errors.ts";
import type { LibraryLevel } from "../config/lua.ts";
import { makeWay } from "../engine/make-way.ts";
import type { Json } from "../engine/types.ts";
import { stateFunctions } from "./bindings.ts";
import { portBridge } from "./bridge.ts";
import { compiledHere } from "./compiled-here.ts";
import { failureToError } from "./failures.ts";
import { Journal } from "./journal.ts";
import { MIB, memoryWatch } from "./memory.ts";
import { runMigrationThread } from "./migration-thread.ts";
import type { MigrationData } from "./migration-wire.ts";
import { osFunctions } from "./os.ts";
import { outputWriter, READS, STOP, WRITES } from "./output.ts";
import type { LuaChunk, LuaRuntime, RuntimeHost } from "./runtime.ts";
import { sources } from "./sources.ts";
import type { RunError } from "./types.ts";
import { type RunData, type StopReason, stopError, type WorkerMessage } from "./wire.ts";

/**
 * From so many State calls on a run keeps two processors busy, its own and the engine's, and an editor
 * would wait for either.
 */
const MANY_CALLS = 100;

async function main(data: RunData): Promise<void> {
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

  const watchMemory = memoryWatch(data.limits.memoryMb, () => stop(3));
  const write = outputWriter(data.memory, () => send({ type: "output" }));
  const { instructions = Number.POSITIVE_INFINITY, stateCalls } = data.limits;
  let run = 0;
  let calls = 0;
  const libraries = data.libraries ?? "safe";
  const host: RuntimeHost = {
    module: found.module,
    tick: (count) => {
      obey();
      run += count;
      if (run > instructions) stop(5);
      watchMemory();
    },
    full: () => stop(3),
    write: (bytes) => {
      if (!write(bytes)) stop(4);
    },
  };
  const runtime = await makeRuntime(host, libraries, data);
  const journal = new Journal(data.memory.journal, (lines) => send({ type: "changes", lines }));
  const context = {
    bridge: portBridge(data.port, obey),
    origin: data.origin,
    read: () => Atomics.add(control, READS, 1),
    wrote: (change: Json) => {
      Atomics.add(control, WRITES, 1);
      journal.add(change);
    },
  };
  for (const [name, body] of stateFunctions(context, data.features)) {
    runtime.define("State", name, (args) => {
      calls++;
      if (calls > stateCalls) stop(6);
      if (calls === MANY_CALLS && data.besideEditor === true) makeWay();
      return body(args);
    });
  }
  if (libraries === "safe") {
    for (const [name, body] of osFunctions(data.environment)) runtime.define("os", name, body);
  }

  let chunk: LuaChunk;
  try {
    chunk = found.main(data.text);
  } catch (error) {
    park({
      code: "script-unreadable",
      message: `The script ${data.file} cannot be read: ${messageOf(error)}.`,
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

/** Only the chosen Lua is set up: the other's code is not run at all. */
async function makeRuntime(
  host: RuntimeHost,
  libraries: LibraryLevel,
  { runtime, limits, compiled }: RunData,
): Promise<LuaRuntime> {
  if (runtime === "fengari") {
    const { fengariRuntime } = await import("./fengari/runtime.ts");
    return fengariRuntime(host, libraries);
  }
  const { lua54Runtime } = await import("./lua54/runtime.ts");
  return lua54Runtime(compiled ?? (await compiledHere()), host, libraries, limits.memoryMb * MIB);
}

const data = workerData as RunData | MigrationData;
if ("migration" in data) void runMigrationThread(data);
else void main(data);
