import { Worker } from "node:worker_threads";
import { messageOf, StateError } from "../../../shared/src/errors.ts";
import type { MigrationLanguage, OpenMigration } from "../engine/migration/compile.ts";
import { invalidMigration } from "../engine/migration/faults.ts";
import type { MigrationEntry } from "../engine/migration/steps.ts";
import { KeptLua } from "./kept-lua.ts";
import { threadLimits } from "./memory.ts";
import {
  endedMessage,
  type FromMigration,
  type MigrationAnswer,
  type MigrationData,
  type MigrationLimits,
  TOO_LARGE,
  TOO_LONG,
} from "./migration-wire.ts";
import { ResidentWatch } from "./resident.ts";

const LIMITS: MigrationLimits = { stepMs: 10_000, memoryMb: 256 };
/** How long a migration has to say where it was before it is ended by force, in ms. */
const GRACE_MS = 100;

/**
 * Migrations in Lua, `FROM__TO.lua`: each runs in the sandbox of scripts, in a thread of its own.
 * @param entry the bundled `runner/worker.ts`
 * @param lua what earlier threads left to these
 */
export function luaMigrations(
  entry: string | URL,
  limits: MigrationLimits = LIMITS,
  lua = new KeptLua(),
): MigrationLanguage {
  return {
    extension: ".lua",
    async open(file): Promise<OpenMigration> {
      const thread = new MigrationThread(entry, file, limits, lua);
      try {
        await thread.ask();
      } catch (error) {
        await thread.close();
        throw invalidMigration(
          file.name,
          undefined,
          `${messageOf(error)}.`,
          "Return a function of one entry: `return function(entry) ... return entry end`.",
        );
      }
      return {
        step: async (migrated) => {
          const answer = await thread.ask(migrated);
          return answer.type === "result" ? answer.entry : null;
        },
        close: () => thread.close(),
      };
    },
  };
}

interface Waiting {
  readonly resolve: (answer: MigrationAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** The thread of one migration: one question at a time; after a failure it has ended. */
class MigrationThread {
  readonly #worker: Worker;
  readonly #control = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #limits: MigrationLimits;
  readonly #stopWatching: () => void;
  #waiting: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    entry: string | URL,
    file: { readonly name: string; readonly path: string; readonly text: string },
    limits: MigrationLimits,
    lua: KeptLua,
  ) {
    this.#limits = limits;
    const { name, path, text } = file;
    const control = this.#control.buffer;
    const { compiled } = lua;
    const workerData: MigrationData = {
      migration: { name, path, text, limits, compiled, control },
    };
    this.#worker = new Worker(entry, {
      name: "llmspell-state-migration",
      workerData,
      env: {},
      execArgv: [],
      stdin: false,
      resourceLimits: threadLimits(limits.memoryMb),
    });
    this.#stopWatching = new ResidentWatch().watch(limits.memoryMb, () => this.#stop(TOO_LARGE));
    this.#worker.on("message", (message: FromMigration) => {
      if (message.type === "compiled") lua.keep(message.compiled);
      else if (message.type === "failed") this.#settle(new Error(message.message));
      else this.#settle(message);
    });
    this.#worker.on("error", (error: NodeJS.ErrnoException) =>
      this.#settle(
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? this.#ended(TOO_LARGE)
          : new Error(`the Lua runtime failed: ${error.message}`),
      ),
    );
    this.#worker.on("exit", () => this.#settle(new Error("its thread ended")));
  }

  /** Sends an entry, or none, and waits for the answer. @throws Error why there is none */
  ask(entry?: MigrationEntry): Promise<MigrationAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<MigrationAnswer>();
    this.#waiting = { resolve, reject };
    this.#timer = setTimeout(() => this.#stop(TOO_LONG), this.#limits.stepMs);
    if (entry !== undefined) this.#worker.postMessage(entry);
    return promise;
  }

  async close(): Promise<void> {
    this.#stopWatching();
    this.#settle(new StateError("cancelled", "The migration was cancelled.", "Start it again."));
    await this.#worker.terminate();
  }

  /** Asks the thread to say where it is; ends it when it does not. */
  #stop(reason: number): void {
    if (Atomics.compareExchange(this.#control, 0, 0, reason) !== 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settle(this.#ended(reason)), GRACE_MS);
  }

  #ended(reason: number): Error {
    return new Error(endedMessage(reason, this.#limits));
  }

  #settle(answer: MigrationAnswer | Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    clearTimeout(this.#timer);
    if (answer instanceof Error) {
      void this.#worker.terminate();
      waiting?.reject(answer);
    } else {
      waiting?.resolve(answer);
    }
  }
}
