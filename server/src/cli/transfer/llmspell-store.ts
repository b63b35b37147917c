import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { toProblem } from "../../../../shared/src/errors.ts";
import { openDatabase, prepare } from "../../engine/sqlite/driver.ts";
import { Incoming } from "../../engine/transfer/incoming.ts";
import { parseValue } from "../../engine/values/parse.ts";
import { printValue } from "../../engine/values/print.ts";
import { isArrayValue, type StateValue } from "../../engine/values/value.ts";

/** How long a lock of rs-llmspell is waited for, in ms. */
const PATIENCE = 5000;

const MAGIC = "SQLite format 3\0";

/** Whether a file's content is a SQLite database. */
export function isDatabase(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, MAGIC.length)) === MAGIC;
}

interface Row {
  readonly key: string;
  readonly value: Uint8Array | string;
  readonly created_at: number | null;
}

/**
 * The entries of rs-llmspell's own store: the rows of `kv_store` whose tenant is `system` and whose
 * key begins `state:`. Nothing is written to it. @throws StateError `invalid-import`
 */
export function readLlmspellStore(file: string, now: number): Incoming {
  const incoming = new Incoming(file);
  for (const row of readRows(file, incoming)) {
    const place = ` (${row.key})`;
    const stored = storedValue(row.value);
    if (stored === undefined) {
      throw incoming.fault(
        place,
        "its value is not JSON as rs-llmspell writes it, or holds a null",
      );
    }
    const { value, updatedAt = now } = stored;
    incoming.add(place, {
      ...nameOf(row.key.slice("state:".length)),
      value: printValue(value),
      createdAt: row.created_at === null ? updatedAt : inMilliseconds(row.created_at),
      updatedAt,
    });
  }
  return incoming;
}

function readRows(file: string, incoming: Incoming): readonly Row[] {
  try {
    const location = pathToFileURL(file);
    // Without a log beside it the file is all there is, and not even a lock file is made.
    const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
    if (log === undefined || log.size === 0) location.searchParams.set("immutable", "1");
    const database = openDatabase(location, { readOnly: true, busyTimeoutMs: PATIENCE });
    try {
      const sql = `SELECT key, value, created_at FROM kv_store
        WHERE tenant_id = 'system' AND key >= 'state:' AND key < 'state;' ORDER BY key`;
      return prepare<Row>(database, sql).all();
    } finally {
      database.close();
    }
  } catch (error) {
    const { message } = toProblem(error);
    throw incoming.fault("", `it is neither JSON lines nor a store of rs-llmspell: ${message}`);
  }
}

/** `{key, value, timestamp: {secs_since_epoch, nanos_since_epoch}, schema_version}` */
function storedValue(
  stored: Uint8Array | string,
): { readonly value: StateValue; readonly updatedAt?: number } | undefined {
  try {
    const text =
      typeof stored === "string"
        ? stored
        : new TextDecoder("utf-8", { fatal: true }).decode(stored);
    const fields = parseValue(text);
    if (typeof fields !== "object" || isArrayValue(fields)) return undefined;
    const value = fields.get("value");
    if (value === undefined) return undefined;
    const time = fields.get("timestamp");
    if (typeof time !== "object" || isArrayValue(time)) return { value };
    const seconds = time.get("secs_since_epoch");
    const nanos = time.get("nanos_since_epoch");
    if (typeof seconds !== "bigint" || typeof nanos !== "bigint") return { value };
    return { value, updatedAt: Number(seconds * 1000n + nanos / 1_000_000n) };
  } catch {
    return undefined;
  }
}

/** rs-llmspell's tables count seconds. */
function inMilliseconds(time: number): number {
  return time < 1e11 ? time * 1000 : time;
}

/** Scopes that are followed by an identifier, which is part of the namespace. */
const IDENTIFIED = new Set(["agent", "tool", "workflow", "hook"]);
/** Scopes that Rust programs write with an identifier. */
const RUST_IDENTIFIED = new Set([...IDENTIFIED, "user", "session"]);

/**
 * Namespace and key of a storage key. Scripts' `State.save(scope, key)` is `custom::SCOPE:KEY` there,
 * where nothing says which colon ends the scope: the first one does, but for `agent:ID` and the like.
 */
function nameOf(storageKey: string): { readonly namespace: string; readonly key: string } {
  const script = storageKey.startsWith("custom::");
  const name = script ? storageKey.slice("custom::".length) : storageKey;
  const [first = "", second, ...rest] = name.split(":");
  const after = (count: number) => name.split(":").slice(count).join(":");
  if (!script && first === "custom" && second !== undefined && rest.length > 0) {
    return { namespace: second, key: after(2) };
  }
  const identified = (script ? IDENTIFIED : RUST_IDENTIFIED).has(first);
  return identified && rest.length > 0
    ? { namespace: `${first}:${second ?? ""}`, key: after(2) }
    : { namespace: first, key: after(1) };
}
