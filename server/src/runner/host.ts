import { type MessagePort, Worker } from "node:worker_threads";
import { netChanges } from "./changes.ts";
import { changesIn, readJournal } from "./journal.ts";
import { KeptLua } from "./kept-lua.ts";
import { threadLimits } from "./memory.ts";
import { outputReader, READS, runMemory, STOP, WRITES } from "./output.ts";
import { ResidentWatch } from "./resident.ts";
import type { RunError, RunRequest, RunResult, ScriptRun } from "./types.ts";
import { type RunData, type StopReason, stopError, type WorkerMessage } from "./wire.ts";

/** How long a script has to notice that it must end and say where it was, before it is ended by force. */
const GRACE_MS = 100;
/** A worker that has not begun by then never will. */
const START_MS = 10_000;
/** setTimeout takes no longer time than this; 24 days are no limit to speak of. */
const LONGEST_MS = 2 ** 31 - 1 - START_MS;

/**
 * Starts a script in a thread of its own. `entry` is the bundled `runner/worker.ts`; `port` is the
 * engine's end of a bridge (see bridge.ts) and is handed over to the script's thread. `lua` is what
 * earlier runs left to this one, `resident` watches those that run beside it.
 */
export function startScript(
  entry: string | URL,
  request: RunRequest,
  port: MessagePort,
  lua = new KeptLua(),
  resident = new ResidentWatch(),
): ScriptRun {
  const started = performance.now();
  const { limits } = request;
  const timeoutMs = Math.min(limits.timeoutMs, LONGEST_MS);
  const memory = runMemory(limits.outputBytes);
  const control = new Int32Array(memory.control);
  const readOutput = outputReader(memory);
  const changes = netChanges();
  const { onOutput, ...rest } = request;
  const data: RunData = { ...rest, memory, compiled: lua.compiled, port };
  const worker = new Worker(entry, {
    name: "llmspell-state-runner",
    workerData: data,
    transferList: [port],
    env: {},
    execArgv: [],
    stdin: false,
    resourceLimits: threadLimits(limits.memoryMb),
  });

  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  let settle: (result: RunResult) => void = () => undefined;
  const result = new Promise<RunResult>((resolve) => {
    settle = resolve;
  });

  const show = (last = false) => {
    const text = readOutput(last);
    if (text !== "") onOutput(text);
  };
  const end = (error: RunError | undefined) => {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    stopWatching();
    void worker.terminate().then(() => {
      show(true);
      readJournal(memory.journal).forEach(changes.add);
      settle({
        ok: error === undefined,
        ...(error === undefined ? {} : { error }),
        changes: changes.list(),
        omittedChanges: changes.omitted(),
        reads: Atomics.load(control, READS),
        writes: Atomics.load(control, WRITES),
        durationMs: performance.now() - started,
      });
    });
  };
  /** Asks the script to end and say where it is; ends it if it does not. */
  const stop = (reason: StopReason) => {
    if (ended || Atomics.compareExchange(control, STOP, 0, reason) !== 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => end({ ...stopError(reason, limits), file: request.file }), GRACE_MS);
  };

  const stopWatching = resident.watch(limits.memoryMb, () => stop(3));
  timer = setTimeout(() => stop(2), START_MS + timeoutMs);

  worker.on("message", (message: WorkerMessage) => {
    switch (message.type) {
      case "compiled":
        return lua.keep(message.compiled);
      case "started":
        if (ended || Atomics.load(control, STOP) !== 0) return;
        clearTimeout(timer);
        timer = setTimeout(() => stop(2), timeoutMs);
        return;
      case "output":
        return show();
      case "changes":
        return changesIn(message.lines).forEach(changes.add);
      case "ended":
        return end(message.error);
    }
  });
  worker.on("error", (error: NodeJS.ErrnoException) => {
    end(
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? { ...stopError(3, limits), file: request.file }
        : {
            code: "script-crashed",
            message: `The Lua runtime failed: ${error.stack}`,
            file: request.file,
          },
    );
  });
  worker.on("exit", () => {
    end({
      code: "script-crashed",
      message: "The Lua runtime ended unexpectedly.",
      file: request.file,
    });
  });

  return { result, cancel: () => stop(1) };
}
