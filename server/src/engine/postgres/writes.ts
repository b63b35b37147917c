import { StateError } from "../../../../shared/src/errors.ts";
import { checkKey, checkNamespace } from "../../../../shared/src/names.ts";
import type { Change } from "../../../../shared/src/protocol.ts";
import { checkRevision, checkSize } from "../refusals.ts";
import type {
  ChangeDetail,
  DeleteOptions,
  Json,
  NewEntry,
  Origin,
  PastEntry,
  SaveOptions,
  StoreOptions,
} from "../types.ts";
import { undoTarget } from "../undo.ts";
import { type CheckedValue, checkValue } from "../values/check.ts";
import { keepEmptyArrays } from "../values/empty-arrays.ts";
import { jsonType } from "../values/value.ts";
import type { Ask } from "./database.ts";
import type { Pending } from "./pending.ts";
import { type Reads, schemaChanges } from "./reads.ts";

/** Changes of the schema version that are remembered. */
const SCHEMA_HISTORY = 100;

/** What a call of `save` or `remove` gives; `o_conflict` alone where the revision was another. */
interface OutcomeRow {
  readonly o_revision: number;
  readonly o_at: number;
  readonly o_before: string | null;
  readonly o_conflict: number | null;
}

/** A call's outcome, and what it does to the counts of its namespace. */
interface Counted {
  readonly row: OutcomeRow | undefined;
  readonly keys: number;
  readonly bytes: number;
}

interface Circumstances {
  readonly ifRevision?: number | undefined;
  readonly undoneTo?: number;
  readonly createdAt?: number;
  readonly updatedAt?: number;
}

export interface WriteContext {
  readonly ask: Ask;
  readonly reads: Reads;
  /** Quoted. */
  readonly schema: string;
  readonly store: string;
  readonly limits: Pick<StoreOptions, "historyLimit" | "maxValueBytes" | "schemaVersion">;
  /** How long a call waits for another transaction, in ms; 0 within one, which holds the lock. */
  readonly lockMs: number;
  /** The name of the next call, or of the transaction. */
  readonly request: () => string;
  /** Of an open transaction. */
  readonly pending?: Pending;
}

/** Every change that a store makes: one round trip each, but for what needs to see first what is there. */
export class Writes {
  readonly #context: WriteContext;

  constructor(context: WriteContext) {
    this.#context = context;
  }

  /** @throws StateError `invalid-namespace`, `invalid-key`, `invalid-value`, `value-too-large`, `conflict` */
  async save(
    origin: Origin,
    givenNamespace: string,
    givenKey: string,
    value: Json,
    { ifRevision, keepEmptyArrays: keeps = false }: SaveOptions = {},
  ): Promise<ChangeDetail> {
    const namespace = checkNamespace(givenNamespace);
    const key = checkKey(givenKey);
    const checked = checkValue(value);
    checkSize(checked.json, this.#context.limits.maxValueBytes, namespace, key);
    if (!keeps || !checked.json.includes("{}")) {
      return this.#save(origin, namespace, key, checked, { ifRevision });
    }
    return this.#onWhatIsThere(ifRevision, async () => {
      const present = await this.#context.reads.entry(namespace, key);
      const json = keepEmptyArrays(checked.json, present?.value ?? "");
      const revision = present?.revision ?? 0;
      checkRevision(ifRevision, revision, namespace, key);
      return this.#save(origin, namespace, key, { ...checked, json }, { ifRevision: revision });
    });
  }

  /** As `Store.undo`. @throws StateError `nothing-to-undo`, `unknown-revision` */
  async undo(
    origin: Origin,
    givenNamespace: string,
    givenKey: string,
    to: number | undefined,
  ): Promise<ChangeDetail> {
    const namespace = checkNamespace(givenNamespace);
    const key = checkKey(givenKey);
    const { reads, limits } = this.#context;
    return this.#onWhatIsThere(undefined, async () => {
      const state = await reads.keyState(namespace, key, limits.historyLimit);
      const { entry, past } = state;
      const from = entry && (state.undoneTo ?? entry.revision);
      const target = undoTarget(namespace, key, past, from, to);
      return this.#save(origin, namespace, key, checkValue(target.value), {
        ifRevision: entry?.revision ?? 0,
        undoneTo: target.revision,
      });
    });
  }

  /** As `Transaction.put`. @throws StateError `invalid-namespace`, `invalid-key`, `invalid-value` */
  async put(origin: Origin, entry: PastEntry): Promise<Change> {
    const namespace = checkNamespace(entry.namespace);
    const key = checkKey(entry.key);
    const { createdAt, updatedAt } = entry;
    const checked = checkValue(entry.value);
    const change = await this.#save(origin, namespace, key, checked, { createdAt, updatedAt });
    return { op: "save", namespace, key, revision: change.revision, at: change.at, origin };
  }

  /** As `Transaction.delete`. @throws StateError `invalid-namespace`, `invalid-key`, `conflict` */
  async delete(
    origin: Origin,
    givenNamespace: string,
    givenKey: string,
    { ifRevision, forget = false }: DeleteOptions = {},
  ): Promise<ChangeDetail | undefined> {
    const namespace = checkNamespace(givenNamespace);
    const key = checkKey(givenKey);
    const { ask, schema, store, lockMs, request, limits } = this.#context;
    const row = await this.#inTurn(namespace, async (revision) => {
      const [row] = await ask<OutcomeRow>(
        `SELECT * FROM ${schema}.remove($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          ...[store, lockMs, request(), revision, origin, namespace, key, limits.historyLimit],
          ...[ifRevision, forget],
        ],
        true,
      );
      return { row, keys: -1, bytes: -Buffer.byteLength(row?.o_before ?? "") };
    });
    if (row === undefined) return undefined;
    refuseConflict(row, ifRevision, namespace, key);
    const { o_revision: revision, o_at: at, o_before: before } = row;
    const change = { op: "delete", namespace, key, revision, at, origin } as const;
    return before === null ? change : { ...change, before };
  }

  /** As `Transaction.insertAll`; in a transaction alone. */
  async insertAll(origin: Origin, entries: readonly NewEntry[], pending: Pending): Promise<number> {
    const { ask, schema, store, request } = this.#context;
    return pending.turns.run(async () => {
      const first = pending.revision + 1;
      if (entries.length === 0) return first;
      const [row] = await ask<{ at: number }>(
        `SELECT ${schema}.insert_all($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS at`,
        [
          ...[store, request(), first, origin],
          entries.map(({ namespace }) => namespace),
          entries.map(({ key }) => key),
          entries.map(({ value }) => value),
          entries.map(({ value }) => jsonType(value)),
          entries.map(({ plain }) => plain),
          entries.map(({ createdAt }) => createdAt),
          entries.map(({ updatedAt }) => updatedAt),
        ],
      );
      pending.revision += entries.length;
      for (const { namespace, value } of entries) {
        pending.note(namespace, 1, Buffer.byteLength(value), row?.at ?? 0);
      }
      return first;
    });
  }

  /** As `Transaction.setSchemaVersion`; the store is locked already. */
  async setSchemaVersion(origin: Origin, version: string): Promise<void> {
    const { ask, reads, request, schema, store } = this.#context;
    const row = await reads.store();
    if (row === undefined || row.schema_version === version) return;
    const change = { from: row.schema_version, to: version, at: Date.now(), origin };
    const history = [change, ...schemaChanges(row)].slice(0, SCHEMA_HISTORY);
    await ask(
      `UPDATE ${schema}.stores SET schema_version = $2, schema_history = $3, schema_request = $4
        WHERE store = $1`,
      [store, version, JSON.stringify(history), request()],
    );
  }

  /** As `Store.keepDeletions`. */
  async keepDeletions(revision: number | undefined): Promise<void> {
    const { ask, schema, store } = this.#context;
    await ask(`UPDATE ${schema}.stores SET deletions_wanted_since = $2 WHERE store = $1`, [
      store,
      revision,
    ]);
  }

  /** A change that within a transaction gets the next revision, and is counted at its end. */
  async #inTurn(
    namespace: string,
    change: (revision: number | undefined) => Promise<Counted>,
  ): Promise<OutcomeRow | undefined> {
    const { pending } = this.#context;
    if (pending === undefined) return (await change(undefined)).row;
    return pending.turns.run(async () => {
      const { row, keys, bytes } = await change(pending.revision + 1);
      if (row !== undefined && row.o_conflict === null) {
        pending.revision++;
        pending.note(namespace, keys, bytes, row.o_at);
      }
      return row;
    });
  }

  /** A change worked out from what was there, again when somebody else changed that meanwhile. */
  async #onWhatIsThere(
    ifRevision: number | undefined,
    change: () => Promise<ChangeDetail>,
  ): Promise<ChangeDetail> {
    for (;;) {
      try {
        return await change();
      } catch (error) {
        // The caller's own condition, where there is one, will not be met again.
        const movedOn = error instanceof StateError && error.code === "conflict";
        if (!movedOn || ifRevision !== undefined) throw error;
      }
    }
  }

  async #save(
    origin: Origin,
    namespace: string,
    key: string,
    { json, plain }: CheckedValue,
    { ifRevision, undoneTo, createdAt, updatedAt }: Circumstances,
  ): Promise<ChangeDetail> {
    const { ask, schema, store, lockMs, request, limits } = this.#context;
    const row = await this.#inTurn(namespace, async (revision) => {
      const [row] = await ask<OutcomeRow>(
        `SELECT * FROM ${schema}.save($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
        [
          ...[store, limits.schemaVersion, lockMs, request(), revision, origin, namespace, key],
          ...[json, jsonType(json), plain, limits.historyLimit],
          ...[ifRevision, undoneTo, createdAt, updatedAt],
        ],
        true,
      );
      const before = row?.o_before ?? undefined;
      const bytes = Buffer.byteLength(json) - Buffer.byteLength(before ?? "");
      return { row, keys: before === undefined ? 1 : 0, bytes };
    });
    if (row === undefined) throw new Error("The database gave no outcome of a save.");
    refuseConflict(row, ifRevision, namespace, key);
    const { o_revision: revision, o_at: at, o_before: before } = row;
    const change = { op: "save", namespace, key, revision, at, origin, after: json } as const;
    return before === null ? change : { ...change, before };
  }
}

/** @throws StateError `conflict` */
function refuseConflict(
  { o_conflict: present }: OutcomeRow,
  ifRevision: number | undefined,
  namespace: string,
  key: string,
): void {
  if (present !== null) checkRevision(ifRevision, present, namespace, key);
}
