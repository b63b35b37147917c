import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { CancellationToken } from "vscode-languageserver-protocol/node";
import {
  backupsRequest,
  createBackupRequest,
  deleteEntriesRequest,
  exportBackupRequest,
  exportEntriesRequest,
  importBackupRequest,
  importEntriesRequest,
  namespacesRequest,
  planRenameRequest,
  readRequest,
  renameEntriesRequest,
  searchRequest,
  storesRequest,
  writeRequest,
} from "../../shared/src/protocol.ts";
import { Session } from "./session.ts";

let session: Session;
afterEach(() => session.stop());

async function start(trusted = true): Promise<string> {
  session = await Session.start({ options: { trusted } });
  return await session.store();
}

const write = (store: string, namespace: string, key: string, value: string) =>
  session.ask(writeRequest, { store, namespace, key, value });
const value = async (store: string, namespace: string, key: string) =>
  (await session.ask(readRequest, { store, namespace, key }))?.value;

it("deletes keys, groups of keys and namespaces at once, and says what", async () => {
  const store = await start();
  for (const key of ["a:1", "a:2", "b"]) await write(store, "n", key, "1");
  await write(store, "m", "k", "1");
  const parts = [
    { namespace: "n", prefix: "a:" },
    { namespace: "m" },
    { namespace: "n", key: "x" },
  ];
  const plan = await session.ask(deleteEntriesRequest, { store, parts, dryRun: true });
  expect(plan).toEqual({
    total: 3,
    entries: [
      { namespace: "n", key: "a:1" },
      { namespace: "n", key: "a:2" },
      { namespace: "m", key: "k" },
    ],
  });
  expect(await value(store, "n", "a:1")).toBe("1");
  expect(await session.ask(deleteEntriesRequest, { store, parts })).toEqual(plan);
  const left = await session.ask(namespacesRequest, { store });
  expect(left).toMatchObject([{ namespace: "n", keys: 1 }]);
});

it("exports what is wanted, and an import of it brings the same back", async () => {
  const store = await start();
  await write(store, "n", "big", "9007199254740993");
  await write(store, "n", "float", "3.0");
  await write(store, "other", "k", '"é"');
  const file = join(session.folder, "out.jsonl");
  const all = await session.ask(exportEntriesRequest, { store, file });
  expect(all).toEqual({ exported: 3 });
  expect(readFileSync(file, "utf8")).toContain('"value":9007199254740993,');
  const parts = [{ namespace: "other" }];
  const some = join(session.folder, "some.jsonl");
  expect(await session.ask(exportEntriesRequest, { store, file: some, parts })).toEqual({
    exported: 1,
  });

  await session.ask(deleteEntriesRequest, { store, parts: [{ namespace: "n", key: "big" }] });
  await write(store, "n", "float", "4.5");
  const plan = await session.ask(importEntriesRequest, { store, file, dryRun: true });
  expect(plan).toMatchObject({ total: 2, backupId: null });
  expect(await value(store, "n", "float")).toBe("4.5");
  const made = await session.ask(importEntriesRequest, { store, file });
  expect(await value(store, "n", "float")).toBe("3.0");
  expect(await value(store, "n", "big")).toBe("9007199254740993");
  const [backup] = await session.ask(backupsRequest, { store });
  expect(made.backupId).toBe(backup?.id);
  expect(await session.ask(importEntriesRequest, { store, file })).toMatchObject({ total: 0 });
});

it("renames very many keys while it answers other questions, or none when nobody wants it", async () => {
  const store = await start();
  const count = process.env["LLMSPELL_LONG"] === undefined ? 6_000 : 100_000;
  const lines = Array.from(
    { length: count },
    (_, i) => `{"namespace":"n","key":"profile:${i}","value":1}`,
  );
  const file = join(session.folder, "in.jsonl");
  writeFileSync(file, lines.join("\n"));
  await session.ask(importEntriesRequest, { store, file });
  const group = { store, namespace: "n", prefix: "profile:", to: "member:" };
  const { data } = await session.ask(planRenameRequest, group);
  expect(data).toEqual({ entries: count, conflicts: 0 });
  const given = session.ask(renameEntriesRequest, group, CancellationToken.Cancelled);
  await expect(given).rejects.toThrow("cancelled");
  expect(await value(store, "n", "profile:7")).toBe("1");

  let done = false;
  const renaming = session.ask(renameEntriesRequest, group).finally(() => {
    done = true;
  });
  let answers = 0;
  for (; !done; answers++) await session.ask(namespacesRequest, { store });
  expect(answers).toBeGreaterThan(1);
  expect(await renaming).toMatchObject({ renamed: count });
  expect(await value(store, "n", "member:7")).toBe("1");
});

it("imports nothing of a file with a mistake, and names its line", async () => {
  const store = await start();
  const file = join(session.folder, "in.jsonl");
  writeFileSync(
    file,
    '{"namespace":"n","key":"k","value":1}\n{"namespace":"n","key":"..","value":1}\n',
  );
  await expect(session.ask(importEntriesRequest, { store, file })).rejects.toThrow("in.jsonl:2");
  expect(await session.ask(namespacesRequest, { store })).toEqual([]);
});

it("looks into values, and ends a search and an export that nobody wants any more", async () => {
  const store = await start();
  await write(store, "n", "a", '{"city":"Bern"}');
  await write(store, "n", "password", '"bern"');
  await write(store, "n", "b", "[1]");
  const query = { store, where: "values", text: "BERN" } as const;
  expect(await session.ask(searchRequest, query)).toMatchObject({
    entries: [{ namespace: "n", key: "a" }],
    more: false,
    examined: 3,
  });
  const newest = await session.ask(searchRequest, { store, sort: "newest", limit: 1 });
  expect(newest).toMatchObject({ entries: [{ key: "b" }], more: true });
  // So much that neither is over before it hears that nobody waits.
  const many = Array.from(
    { length: 20_000 },
    (_, i) => `{"namespace":"m","key":"k${i}","value":1}`,
  );
  const taken = join(session.folder, "in.jsonl");
  writeFileSync(taken, many.join("\n"));
  await session.ask(importEntriesRequest, { store, file: taken });
  const cancelled = CancellationToken.Cancelled;
  const file = join(session.folder, "out.jsonl");
  for (const asked of [
    session.ask(searchRequest, query, cancelled),
    session.ask(exportEntriesRequest, { store, file }, cancelled),
  ])
    await expect(asked).rejects.toThrow("cancelled");
  expect(existsSync(file)).toBe(false);
});

it("carries a backup with those it builds on from one workspace to another, checked", async () => {
  const store = await start();
  await write(store, "n", "k", "1");
  await session.ask(createBackupRequest, { store });
  await write(store, "n", "k", "2");
  const { id } = await session.ask(createBackupRequest, { store, incremental: true });
  const folder = join(session.folder, "carried");
  const { ids } = await session.ask(exportBackupRequest, { store, id, folder });
  expect(ids).toHaveLength(2);
  expect(ids.at(-1)).toBe(id);
  expect(await session.ask(exportBackupRequest, { store, id, folder })).toEqual({ ids: [] });

  const file = join(folder, `${id}.json`);
  const kept = join(session.folder, "state/backups");
  renameSync(kept, `${kept}-gone`);
  expect((await session.ask(importBackupRequest, { store, file })).ids).toEqual(ids);
  expect((await session.ask(backupsRequest, { store })).map((backup) => backup.id)).toContain(id);

  rmSync(kept, { recursive: true });
  writeFileSync(join(folder, `${id}.jsonl.zst`), "damage");
  await expect(session.ask(importBackupRequest, { store, file })).rejects.toThrow(id);
  expect(await session.ask(backupsRequest, { store })).toEqual([]);
});

it("says when migrations are pending", async () => {
  session = await Session.start({
    files: { "llmspell.toml": '[state]\nschema_version = "1.0.0"\n' },
  });
  const store = await session.store();
  await write(store, "n", "k", "1");
  expect((await session.ask(storesRequest, {}))[0]).not.toHaveProperty("migrationPending");
  writeFileSync(join(session.folder, "llmspell.toml"), '[state]\nschema_version = "1.1.0"\n');
  await expect
    .poll(() => session.ask(storesRequest, {}), { timeout: 10_000 })
    .toMatchObject([{ migrationPending: true }]);
});

it("does none of it in a workspace that is not trusted", async () => {
  const store = await start(false);
  const file = join(session.folder, "x.jsonl");
  for (const asked of [
    session.ask(deleteEntriesRequest, { store, parts: [] }),
    session.ask(exportEntriesRequest, { store, file }),
    session.ask(importEntriesRequest, { store, file }),
    session.ask(exportBackupRequest, { store, id: "x", folder: session.folder }),
    session.ask(importBackupRequest, { store, file }),
  ])
    await expect(asked).rejects.toThrow("trust");
});
