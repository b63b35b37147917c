import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import { freshValue } from "../engine/support.ts";

export const KEYS = 500;

/** The n-th call's key. */
export const keyOf = (n: number): string => `k${n % KEYS}`;

/** What a script of mixed calls does in its n-th: mostly loads, many saves, a few of the others. */
export function mixed(n: number): "load" | "save" | "keys" | "delete" {
  if (n % 50 === 0) return "keys";
  if (n % 25 === 1) return "delete";
  return n % 3 === 0 ? "save" : "load";
}

/** The same calls in Lua. */
export const mixedScript = (calls: number): string => `
  for n = 0, ${calls} - 1 do
    local key = "k" .. n % ${KEYS}
    if n % 50 == 0 then State.list_keys("n")
    elseif n % 25 == 1 then State.delete("n", key)
    elseif n % 3 == 0 then State.save("n", key, { name = ("x"):rep(80), n = n })
    else State.load("n", key) end
  end`;

export type Requests = Readonly<
  Record<"load" | "save" | "delete" | "keys" | "mixed", (n: number) => Promise<unknown>>
> & { readonly page: (limit: number) => Promise<unknown> };

/** What the store asks the server for a call, asked by the bare driver; kept plans where it keeps them. */
export function sameRequests(client: Client, store: string): Requests {
  const kept = (name: string, text: string, values: readonly unknown[]): Promise<unknown> =>
    client.query({ name, text, values: [...values] });
  const requests: Requests = {
    load: (n) => kept("load", LOAD, [store, "n", keyOf(n)]),
    save: (n) => kept("save", SAVE, [store, randomUUID(), keyOf(n), freshValue(n)]),
    delete: (n) => kept("delete", DELETE, [store, randomUUID(), keyOf(n)]),
    keys: () => client.query(LIST, [store, "n"]),
    page: (limit) => client.query(PAGE, [store, "n", "k", "l", limit]),
    mixed: (n) => requests[mixed(n)](n),
  };
  return requests;
}

const LOAD = `SELECT e.revision, e.created_at, e.updated_at, e.origin, e.plain, e.value
  FROM llmspell_state.entries e WHERE e.store = $1 AND e.namespace = $2 AND e.key = $3`;
const SAVE =
  "SELECT * FROM llmspell_state.save($1, '1.0.0', 5000, $2, NULL, 't', 'n', $3, $4, 'object', true, 20, NULL, NULL, NULL, NULL)";
const DELETE =
  "SELECT * FROM llmspell_state.remove($1, 5000, $2, NULL, 't', 'n', $3, 20, NULL, false)";
const LIST =
  "SELECT key FROM llmspell_state.entries WHERE store = $1 AND namespace = $2 ORDER BY key";
const PAGE = `SELECT e.namespace, e.key, e.revision, e.created_at, e.updated_at, e.origin, e.plain, e.type,
  e.bytes, e.value FROM llmspell_state.entries e WHERE e.store = $1 AND e.namespace = $2
  AND e.key >= $3 AND ($4::text IS NULL OR e.key < $4) ORDER BY e.key LIMIT $5`;

/** As many requests with the least SQL that could do: a table of its own, no history, revisions, counts. */
export function leastRequests(client: Client): Requests {
  const requests: Requests = {
    load: (n) => client.query("SELECT value FROM kv WHERE ns = $1 AND key = $2", ["n", keyOf(n)]),
    save: (n) => client.query(UPSERT, ["n", keyOf(n), freshValue(n)]),
    delete: (n) => client.query("DELETE FROM kv WHERE ns = $1 AND key = $2", ["n", keyOf(n)]),
    keys: () => client.query("SELECT key FROM kv WHERE ns = $1 ORDER BY key", ["n"]),
    page: (limit) =>
      client.query("SELECT key, value FROM kv WHERE ns = $1 AND key >= $2 ORDER BY key LIMIT $3", [
        ...["n", "k", limit],
      ]),
    mixed: (n) => requests[mixed(n)](n),
  };
  return requests;
}

const UPSERT = "INSERT INTO kv VALUES ($1, $2, $3) ON CONFLICT (ns, key) DO UPDATE SET value = $3";
export const LEAST_TABLE =
  'CREATE TABLE kv (ns text COLLATE "C", key text COLLATE "C", value text, PRIMARY KEY (ns, key))';

/** The calls from 0 to `count`, one after the other, in ms. */
export async function timed(count: number, call: (n: number) => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  for (let n = 0; n < count; n++) await call(n);
  return performance.now() - begun;
}
