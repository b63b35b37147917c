/** The thread of one migration: loads its file, then calls its function for each entry that comes. */
import { dirname } from "node:path";
import { parentPort } from "node:worker_threads";
import { messageOf, StateError } from "../../../shared/src/errors.ts";
import type { MigrationEntry } from "../engine/migration/steps.ts";
import { keepEmptyArrays } from "../engine/values/empty-arrays.ts";
import { parseValue } from "../engine/values/parse.ts";
import { printValue } from "../engine/values/print.ts";
import { compiledHere } from "./compiled-here.ts";
import { failureToError } from "./failures.ts";
import { MIB, memoryWatch } from "./memory.ts";
import {
  endedMessage,
  type MigrationAnswer,
  type MigrationData,
  TOO_LARGE,
} from "./migration-wire.ts";
import { osFunctions } from "./os.ts";
import type { HostArguments, LuaCallable, LuaFailure } from "./runtime.ts";
import { type Sources, sources } from "./sources.ts";

const ALLOWED = "give the entry, changed or as it was, or `return nil` to drop it";

export async function runMigrationThread({ migration }: MigrationData): Promise<void> {
  // Late, so that a thread that runs another Lua does not set this one up.
  const { lua54Runtime } = await import("./lua54/runtime.ts");
  const { path, text, limits } = migration;
  const control = new Int32Array(migration.control);
  const found = sources(path, dirname(path));
  const send = (message: MigrationAnswer) => parentPort?.postMessage(message);

  /** Tells the end and waits for it: no Lua code runs any more. */
  const park = (reason: number): never => {
    const { position, traceback } = runtime.where();
    const message = endedMessage(reason, limits);
    send({
      type: "failed",
      message: placed({ kind: "runtime", message, position, traceback }, found),
    });
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  const watchMemory = memoryWatch(limits.memoryMb, () => park(TOO_LARGE));
  const runtime = lua54Runtime(
    migration.compiled ?? (await compiledHere()),
    {
      module: found.module,
      tick: () => {
        const reason = Atomics.load(control, 0);
        if (reason !== 0) park(reason);
        watchMemory();
      },
      full: () => park(TOO_LARGE),
      // A migration has nobody to talk to.
      write: () => undefined,
    },
    "safe",
    limits.memoryMb * MIB,
  );
  for (const [name, body] of osFunctions({})) runtime.define("os", name, body);

  const loaded = runtime.load(found.main(text));
  if ("message" in loaded) {
    send({ type: "failed", message: placed(loaded, found) });
    return;
  }
  parentPort?.on("message", (entry: MigrationEntry) => {
    try {
      send({ type: "result", entry: migrate(loaded, entry, found) });
    } catch (error) {
      const message = messageOf(error);
      send({ type: "failed", message });
    }
  });
  send({ type: "ready" });
}

function migrate(
  callable: LuaCallable,
  entry: MigrationEntry,
  found: Sources,
): MigrationEntry | null {
  const { namespace, key, value } = entry;
  const names = `"key":${JSON.stringify(key)},"namespace":${JSON.stringify(namespace)}`;
  const argument = { json: `{${names},"value":${value}}`, plain: false };
  // Lua keeps no order of keys and knows no `[]`: an entry that comes back so is as it was.
  const untouched = callable.written(argument);
  const results = callable.call(argument);
  if ("message" in results) throw new Error(placed(results, found));
  if (results.count === 0) throw new Error(`it gave nothing; ${ALLOWED}`);
  if (results.type(1) === "nil") return null;
  if (results.type(1) !== "table") throw new Error(`it gave a ${results.type(1)}; ${ALLOWED}`);
  const json = jsonOf(results);
  return json === untouched ? entry : entryOf(json, value);
}

/** @throws Error with the path to what cannot be stored */
function jsonOf(results: HostArguments): string {
  try {
    return results.json(1);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw new Error(`${error.message.replace(/: value\b/, ": entry")} ${error.next}`);
  }
}

function entryOf(json: string, before: string): MigrationEntry {
  const fields = parseValue(json);
  if (!(fields instanceof Map)) throw new Error(`it gave a list; ${ALLOWED}`);
  const { namespace, key, value, ...others } = Object.fromEntries(fields);
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw new Error(
      `entry.${other} is no field of an entry: they are namespace, key and value; data goes into entry.value`,
    );
  }
  if (typeof namespace !== "string") throw new Error("entry.namespace is not a string");
  if (typeof key !== "string") throw new Error("entry.key is not a string");
  if (value === undefined) throw new Error(`entry.value is nil; ${ALLOWED}`);
  return { namespace, key, value: keepEmptyArrays(printValue(value), before) };
}

/** The failure's message, with its place in front. */
function placed(failure: LuaFailure, found: Sources): string {
  const { message } = failureToError(failure, "script-error", found);
  const at = failure.position;
  if (at === undefined || message.startsWith(`${at.chunk}:`)) return message;
  return `${at.chunk}:${at.line}: ${message}`;
}
