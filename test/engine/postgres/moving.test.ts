import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { copyStore } from "../../../server/src/engine/copy.ts";
import type { Engine, EngineOptions } from "../../../server/src/engine/engine.ts";
import { openEngine } from "../../../server/src/engine/open.ts";
import { openStore } from "../../../server/src/engine/open-store.ts";
import type { PostgresOptions } from "../../../server/src/engine/postgres/options.ts";
import type { Store } from "../../../server/src/engine/types.ts";
import { printValue } from "../../../server/src/engine/values/print.ts";
import { postgresPresent, TestPostgres } from "../../support/postgres.ts";
import { NetworkProxy } from "../../support/proxy.ts";
import { anyValue } from "../arbitraries.ts";
import { state } from "../backup/stores.ts";
import { optionsIn, temporaryFolder } from "../state-folder.ts";

const ENTRIES = 10_000;

describe.runIf(postgresPresent())("moving state between SQLite and PostgreSQL", () => {
  let server: TestPostgres;

  beforeAll(async () => {
    server = await TestPostgres.start();
  });
  afterAll(() => server.stop());

  interface Place {
    readonly options: EngineOptions;
    readonly store: Store;
    readonly engine: Engine;
  }

  function place(
    backend: "sqlite" | "postgres",
    backupDir: string,
    postgres: Partial<PostgresOptions> = {},
  ): Place {
    const options: EngineOptions = {
      ...optionsIn(temporaryFolder(), { backend, backupDir }),
      ...(backend === "postgres" ? { postgres: server.options(postgres) } : {}),
    };
    const store = openStore(options);
    const engine = openEngine(options);
    onTestFinished(async () => {
      await engine.close();
      await store.close();
    });
    return { options, store, engine };
  }

  /** Values of every kind, keys of every plane, over a few namespaces. */
  async function fill(store: Store): Promise<void> {
    const values = fc.sample(anyValue, { numRuns: 500, seed: 20261122 }).map(printValue);
    await store.transact("t", async (transaction) => {
      for (let n = 0; n < ENTRIES; n++) {
        const key = ["k", "é", "😀", "\u{ffee}", "a:b"][n % 5] ?? "";
        await transaction.put({
          namespace: ["user:1", "user.1", "z"][n % 3] ?? "",
          key: `${key}${n}`,
          value: values[n % values.length] ?? "1",
          createdAt: 1_600_000_000_000 + n,
          updatedAt: 1_700_000_000_000 + n,
        });
      }
      await transaction.setSchemaVersion("4.2.0");
    });
  }

  test("10,000 entries by backup: SQLite, PostgreSQL, SQLite", { timeout: 120_000 }, async () => {
    const backups = join(temporaryFolder(), "backups");
    const [first, middle, last] = [
      place("sqlite", backups),
      place("postgres", backups),
      place("sqlite", backups),
    ];
    await fill(first.store);
    const all = await state(first.store);
    expect(all).toHaveLength(ENTRIES);

    const out = await first.engine.createBackup({ incremental: false });
    expect(await middle.engine.restoreBackup(out.id)).toMatchObject({ entriesRestored: ENTRIES });
    expect(await state(middle.store)).toEqual(all);
    expect(await middle.store.schemaVersion()).toBe("4.2.0");

    const back = await middle.engine.createBackup({ incremental: false });
    await middle.store.save("t", "z", "late", "1.0");
    await middle.store.delete("t", "z", "k5");
    const more = await middle.engine.createBackup({ incremental: true });
    expect(more).toMatchObject({ kind: "incremental", parentId: back.id, entries: 2 });
    await last.engine.restoreBackup(back.id);
    expect(await state(last.store)).toEqual(all);
    expect(await last.store.schemaVersion()).toBe("4.2.0");
    await last.engine.restoreBackup(more.id);
    expect(await state(last.store)).toEqual(await state(middle.store));
    expect(await middle.engine.verifyBackup(more.id)).toEqual({ isValid: true, errors: [] });
  });

  test("10,000 entries by copy: SQLite, PostgreSQL, SQLite", { timeout: 120_000 }, async () => {
    const backups = join(temporaryFolder(), "backups");
    const [first, middle, last] = [
      place("sqlite", backups),
      place("postgres", backups),
      place("sqlite", backups),
    ];
    await fill(first.store);
    const all = await state(first.store);
    const outcome = { entries: ENTRIES, namespaces: 3, schemaVersion: "4.2.0" };
    expect(await copyStore(first.store, middle.store, "copy:sqlite")).toEqual(outcome);
    expect(await state(middle.store)).toEqual(all);
    expect(await copyStore(middle.store, last.store, "copy:postgres")).toEqual(outcome);
    expect(await state(last.store)).toEqual(all);
    expect(await last.store.schemaVersion()).toBe("4.2.0");

    // Neither is anything overwritten, nor is half a copy left.
    await expect(copyStore(first.store, middle.store, "again")).rejects.toMatchObject({
      code: "target-not-empty",
    });
    const stopped = place("postgres", backups).store;
    const signal = AbortSignal.abort();
    await expect(copyStore(first.store, stopped, "c", { signal })).rejects.toMatchObject({
      code: "cancelled",
    });
    expect(await stopped.namespaces()).toEqual([]);
  });

  test("a connection that breaks during a backup, a restore or a copy leaves nothing half done", async () => {
    const proxy = await NetworkProxy.start(server.port);
    onTestFinished(() => proxy.close());
    const backups = join(temporaryFolder(), "backups");
    const url = server.url({ port: proxy.port });
    const first = place("sqlite", backups);
    await first.store.save("t", "n", "k", "1");
    const there = place("postgres", backups, { url });
    const breaksAt = async (words: string, work: () => Promise<unknown>): Promise<void> => {
      proxy.onRequest = (text) => (text.includes(words) ? "cut-before" : "pass");
      await expect(work()).rejects.toMatchObject({ code: "store-unreachable" });
      proxy.onRequest = () => "pass";
    };
    await breaksAt("insert_all", () => copyStore(first.store, there.store, "copy"));
    await breaksAt("settle_revision", () => copyStore(first.store, there.store, "copy"));
    expect(await there.store.namespaces()).toEqual([]);
    await copyStore(first.store, there.store, "copy");

    const before = await state(there.store);
    await breaksAt("entries e", () => there.engine.createBackup({ incremental: false }));
    expect(await there.engine.backups()).toEqual([]);
    const { id } = await there.engine.createBackup({ incremental: false });
    await there.store.save("t", "n", "k", "2");
    const present = await state(there.store);
    await breaksAt(".save(", () => there.engine.restoreBackup(id));
    expect(await state(there.store)).toEqual(present);
    await there.engine.restoreBackup(id);
    expect(await state(there.store)).toEqual(before);
  });

  test("what was restored can be undone by the safety backup, and namespaces renamed", async () => {
    const { engine, store } = place("postgres", join(temporaryFolder(), "backups"));
    await engine.save("t", "n", "k", "1");
    const { id } = await engine.createBackup({ incremental: false });
    await engine.save("t", "n", "k", "2");
    await engine.save("t", "n", "other", "2");
    const restored = await engine.restoreBackup(id);
    expect(restored).toMatchObject({ entriesRestored: 1, changed: 2 });
    expect((await store.entry("n", "k"))?.value).toBe("1");
    expect(await store.keys("n")).toEqual(["k"]);
    await engine.restoreBackup(restored.safetyBackupId ?? "");
    expect(await store.keys("n")).toEqual(["k", "other"]);
    expect((await engine.renameEntries("t", { namespace: "n" }, "m")).renamed).toBe(2);
    expect(await store.keys("m")).toEqual(["k", "other"]);
    const group = { namespace: "m", prefix: "o" };
    expect(await engine.planRenaming(group, "a:")).toEqual({ entries: 1, conflicts: 0 });
    const { since } = await engine.renameEntries("t", group, "a:");
    expect(await store.keys("m")).toEqual(["a:ther", "k"]);
    await engine.renameEntries("t", { namespace: "m", prefix: "a:" }, "o", { since });
    expect(await store.keys("m")).toEqual(["k", "other"]);
  });
});
