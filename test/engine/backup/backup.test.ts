import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import packageJson from "../../../package.json" with { type: "json" };
import { listBackups } from "../../../server/src/engine/backup/catalog.ts";
import { createBackup } from "../../../server/src/engine/backup/create.ts";
import { diffBackup } from "../../../server/src/engine/backup/diff.ts";
import { restoreBackup } from "../../../server/src/engine/backup/restore.ts";
import { verifyBackup } from "../../../server/src/engine/backup/verify.ts";
import { APPLICATION_VERSION } from "../../../shared/src/version.ts";
import { contents, state } from "./stores.ts";
import { workspace } from "./support.ts";

const full = { incremental: false, reason: "asked" } as const;
const incremental = { incremental: true, reason: "asked" } as const;

describe("a full backup", () => {
  it("holds exactly what is stored, and a restore brings it back", async () => {
    const { store, place } = workspace();
    await store.save("cli", "user", "preferences", '{"theme":"dark","n":3.0}');
    await store.save("cli", "user", "größe", "9007199254740993");
    await store.save("cli", "a:b", "c", '""');
    await store.save("cli", "a", "\u{1F600}", "[]");
    await store.save("cli", "a", "\uFFFD", "{}");
    const before = await contents(store);
    const backup = await createBackup(store, place, full);
    expect(backup).toMatchObject({
      kind: "full",
      entries: 5,
      schemaVersion: "1.0.0",
      note: undefined,
    });

    await store.save("cli", "user", "preferences", "1");
    await store.delete("cli", "a", "\uFFFD");
    await store.save("cli", "new", "key", "true");
    const { changes, total } = await diffBackup(store, place, backup.id, {});
    expect(total).toBe(3);
    expect(
      changes.map(({ op, namespace, key, before, after }) => ({
        op,
        namespace,
        key,
        before,
        after,
      })),
    ).toEqual([
      { op: "save", namespace: "a", key: "\uFFFD", before: undefined, after: "{}" },
      { op: "delete", namespace: "new", key: "key", before: "true", after: undefined },
      {
        op: "save",
        namespace: "user",
        key: "preferences",
        before: "1",
        after: '{"theme":"dark","n":3.0}',
      },
    ]);
    const outcome = await restoreBackup(store, place, backup.id, {});
    expect(outcome).toMatchObject({ entriesRestored: 5, changed: 3 });
    expect(outcome.changes.map(({ origin }) => origin)).toEqual(
      Array(3).fill(`restore:${backup.id}`),
    );

    const after = await contents(store);
    const revisions = new Map(
      before.map(({ namespace, key, revision }) => [`${namespace}/${key}`, revision]),
    );
    const kept = after.filter(
      ({ namespace, key, revision }) => revisions.get(`${namespace}/${key}`) === revision,
    );
    expect(kept.map(({ key }) => key)).toEqual(["\u{1F600}", "c", "größe"]);
    expect(after.map(({ value, createdAt, updatedAt }) => [value, createdAt, updatedAt])).toEqual(
      before.map(({ value, createdAt, updatedAt }) => [value, createdAt, updatedAt]),
    );
    expect((await diffBackup(store, place, backup.id, {})).total).toBe(0);
  });

  it("can be undone with the safety backup that a restore makes", async () => {
    const { store, place } = workspace();
    await store.save("cli", "a", "k", "1");
    const backup = await createBackup(store, place, full);
    await store.save("cli", "a", "k", "2");
    const later = await state(store);
    const { safetyBackupId } = await restoreBackup(store, place, backup.id, {});
    await restoreBackup(store, place, String(safetyBackupId), {});
    expect(await state(store)).toEqual(later);
  });

  it("restores into a store that does not exist, without a safety backup", async () => {
    const one = workspace();
    await one.store.save("cli", "a", "k", "1");
    const backup = await createBackup(one.store, one.place, full);
    const other = workspace();
    const outcome = await restoreBackup(other.store, one.place, backup.id, {});
    expect(outcome).toMatchObject({ entriesRestored: 1, changed: 1, safetyBackupId: undefined });
    expect(await state(other.store)).toEqual(await state(one.store));
  });

  it("is kept in files that only their owner can read, all named after its id", async () => {
    const { store, place } = workspace();
    await store.save("cli", "a", "k", "1");
    const { id } = await createBackup(store, place, full);
    await verifyBackup(place, id, { quick: false });
    expect(statSync(place.folder).mode & 0o777).toBe(0o700);
    const names = readdirSync(place.folder).sort();
    expect(names).toEqual([`${id}.json`, `${id}.jsonl.zst`, `${id}.verified`]);
    for (const name of names) expect(statSync(join(place.folder, name)).mode & 0o777).toBe(0o600);
  });

  it("is listed newest first, with the last verification's verdict", async () => {
    const { store, place } = workspace();
    expect(await listBackups(place)).toEqual([]);
    await store.save("cli", "a", "k", "1");
    const first = await createBackup(store, place, full);
    const second = await createBackup(store, place, full);
    expect(await verifyBackup(place, first.id, { quick: false })).toEqual({
      isValid: true,
      errors: [],
    });
    const listed = await listBackups(place);
    expect(listed.map(({ id, verified }) => [id, verified])).toEqual([
      [second.id, undefined],
      [first.id, true],
    ]);
    const sizes = readdirSync(place.folder)
      .filter((name) => name.startsWith(first.id) && !name.endsWith(".verified"))
      .map((name) => statSync(join(place.folder, name)).size);
    expect(listed[1]?.sizeBytes).toBe(sizes.reduce((sum, size) => sum + size));
  });

  it("brings many entries back at once, with all that belongs to them", async () => {
    const { store, place } = workspace();
    await store.transact("cli", async (transaction) => {
      for (let index = 0; index < 1500; index++) {
        await transaction.save(`space:${index % 2}`, `key-${index}`, `{"1":${index},"a":1.0}`);
      }
    });
    const before = await state(store);
    const summaries = (await store.namespaces()).map(({ namespace, keys, bytes }) => [
      namespace,
      keys,
      bytes,
    ]);
    const backup = await createBackup(store, place, full);
    await store.transact("cli", async (transaction) => {
      for (let index = 0; index < 1500; index++) {
        await transaction.delete(`space:${index % 2}`, `key-${index}`);
      }
    });
    const empty = await createBackup(store, place, incremental);
    const revision = await store.revision();
    const outcome = await restoreBackup(store, place, backup.id, {});
    expect(outcome).toMatchObject({ entriesRestored: 1500, changed: 1500 });
    expect(outcome.changes).toHaveLength(1000);
    expect(await state(store)).toEqual(before);
    expect(
      (await store.namespaces()).map(({ namespace, keys, bytes }) => [namespace, keys, bytes]),
    ).toEqual(summaries);
    const entry = await store.entry("space:1", "key-1");
    expect(outcome.changes.find(({ key }) => key === "key-1")?.revision).toBe(entry?.revision);
    expect(await store.revision()).toBe(revision + 1500);
    expect(await store.changesSince(revision, 10)).toMatchObject({ gap: true });
    // What was deleted before is in the history, and what was brought back can be changed and undone.
    expect((await store.history("space:1", "key-1")).map(({ op }) => op)).toEqual([
      "save",
      "delete",
      "save",
    ]);
    await store.save("cli", "space:1", "key-1", "2");
    await store.undo("cli", "space:1", "key-1");
    expect((await store.entry("space:1", "key-1"))?.value).toBe('{"1":1,"a":1.0}');
    const after = await createBackup(store, place, incremental);
    await restoreBackup(store, place, empty.id, {});
    expect(await state(store)).toEqual([]);
    await restoreBackup(store, place, after.id, {});
    expect((await state(store)).length).toBe(1500);
  });

  it("may hold nothing", async () => {
    const { store, place } = workspace();
    await store.save("cli", "a", "k", "1");
    await store.delete("cli", "a", "k");
    const { id, entries } = await createBackup(store, place, full);
    expect(entries).toBe(0);
    await store.save("cli", "a", "k", "1");
    expect(await restoreBackup(store, place, id, {})).toMatchObject({
      entriesRestored: 0,
      changed: 1,
    });
    expect(await contents(store)).toEqual([]);
  });

  it("that is cancelled leaves nothing, not even the folder", async () => {
    const { store, place } = workspace();
    for (let index = 0; index < 2000; index++)
      await store.save("cli", "a", `k${index}`, `${index}`);
    const aborter = new AbortController();
    const work = createBackup(store, place, full, {
      signal: aborter.signal,
      progress: () => aborter.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    expect(() => readdirSync(place.folder)).toThrow("ENOENT");
  });

  it("names the application that made it", () => {
    expect(APPLICATION_VERSION).toBe(packageJson.version);
  });
});

describe("an incremental backup", () => {
  it("holds what changed since its parent, deletions too", async () => {
    const { store, place } = workspace();
    for (const key of ["a", "b", "c"]) await store.save("cli", "n", key, '"old"');
    const parent = await createBackup(store, place, full);
    await store.save("cli", "n", "b", '"new"');
    await store.delete("cli", "n", "c");
    await store.save("cli", "m", "d", '"new"');
    const moment = await state(store);
    const child = await createBackup(store, place, incremental);
    expect(child).toMatchObject({
      kind: "incremental",
      parentId: parent.id,
      entries: 3,
      note: undefined,
    });
    await store.save("cli", "n", "c", '"back"');
    const grandchild = await createBackup(store, place, incremental);
    expect(grandchild).toMatchObject({ parentId: child.id, entries: 1 });
    const difference = await diffBackup(store, place, child.id, { to: grandchild.id });
    expect(difference.changes).toMatchObject([{ op: "save", key: "c", after: '"back"' }]);
    await restoreBackup(store, place, child.id, {});
    expect(await state(store)).toEqual(moment);
  });
});
