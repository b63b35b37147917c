import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { listBackups } from "../../../server/src/engine/backup/catalog.ts";
import { createBackup } from "../../../server/src/engine/backup/create.ts";
import { diffBackup } from "../../../server/src/engine/backup/diff.ts";
import { compareNamed } from "../../../server/src/engine/backup/order.ts";
import type { BackupPlace } from "../../../server/src/engine/backup/place.ts";
import { deleteBackup } from "../../../server/src/engine/backup/remove.ts";
import { restoreBackup } from "../../../server/src/engine/backup/restore.ts";
import { pruneBackups } from "../../../server/src/engine/backup/retention.ts";
import type { Selection } from "../../../server/src/engine/backup/selection.ts";
import { verifyBackup } from "../../../server/src/engine/backup/verify.ts";
import type { SqliteStore } from "../../../server/src/engine/sqlite/store.ts";
import { contents, openStore } from "./stores.ts";

const RUNS = process.env["LLMSPELL_LONG"] ? 1000 : 30;

interface Held {
  readonly namespace: string;
  readonly key: string;
  readonly value: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a store held at a moment, by name. */
type Picture = ReadonlyMap<string, Held>;

interface Bench {
  readonly store: SqliteStore;
  readonly place: BackupPlace;
  /** What every backup that was ever made must give back. */
  readonly moments: Map<string, Picture>;
  clock: number;
}

const spelled = ({ namespace, key }: { namespace: string; key: string }) => `${namespace}/${key}`;

async function picture(store: SqliteStore): Promise<Picture> {
  const held = (await contents(store)).map(({ namespace, key, value, createdAt, updatedAt }) => ({
    namespace,
    key,
    value,
    createdAt,
    updatedAt,
  }));
  return new Map(held.map((entry) => [spelled(entry), entry]));
}

const namespace = fc.constantFrom("a", "a:b", "a.b", "z");
const key = fc.constantFrom("k", "b:k", "\u{1F600}", "\uFFFD", "é", "x/y");
const value = fc.constantFrom("1", "1.0", '"text"', "{}", "[]", '{"__proto__":[1,2.5]}');
const which = fc.nat(1000);

interface Command {
  readonly name: string;
  run(bench: Bench): Promise<void>;
}

/** One of the listed backups; undefined when there is none. */
async function pick(bench: Bench, index: number): Promise<string | undefined> {
  const heads = await listBackups(bench.place);
  return heads[index % Math.max(1, heads.length)]?.id;
}

async function noteNewBackups(bench: Bench, now: Picture): Promise<void> {
  for (const { id } of await listBackups(bench.place)) {
    if (!bench.moments.has(id)) bench.moments.set(id, now);
  }
}

/** The picture with its selected part as it was at a moment. */
function restored(
  now: Picture,
  moment: Picture,
  { namespaces = [], keys = [] }: Selection,
): Picture {
  const whole = namespaces.length + keys.length === 0;
  const names = new Set(keys.map(spelled));
  const chosen = (entry: Held) =>
    whole || namespaces.includes(entry.namespace) || names.has(spelled(entry));
  const kept = [...now].filter(([, entry]) => !chosen(entry));
  const back = [...moment].filter(([, entry]) => chosen(entry));
  return new Map([...kept, ...back].sort(([, a], [, b]) => compareNamed(a, b)));
}

async function restore(bench: Bench, index: number, selection: Selection): Promise<void> {
  const { store, place, moments } = bench;
  const id = await pick(bench, index);
  if (id === undefined) return;
  const before = await contents(store);
  const now = await picture(store);
  const moment = moments.get(id) ?? new Map();
  const expected = restored(now, moment, selection);
  const known = [...now.values(), ...moment.values()];
  const mistyped =
    (selection.namespaces ?? []).some((name) => !known.some((entry) => entry.namespace === name)) ||
    (selection.keys ?? []).some((name) => !known.some((entry) => spelled(entry) === spelled(name)));
  if (mistyped) {
    const refused = { code: "nothing-selected" };
    await expect(restoreBackup(store, place, id, selection)).rejects.toMatchObject(refused);
    await expect(diffBackup(store, place, id, selection)).rejects.toMatchObject(refused);
    expect(await contents(store)).toEqual(before);
    return;
  }
  const told = await diffBackup(store, place, id, selection);
  const outcome = await restoreBackup(store, place, id, selection);
  expect(outcome.changed).toBe(told.total);
  expect(outcome.changes.map(spelled)).toEqual(told.changes.map(spelled));
  expect(await picture(store)).toEqual(expected);
  const touched = new Set(told.changes.map(spelled));
  const revisions = new Map(
    (await contents(store)).map((entry) => [spelled(entry), entry.revision]),
  );
  for (const entry of before) {
    if (!touched.has(spelled(entry))) expect(revisions.get(spelled(entry))).toBe(entry.revision);
  }
  // The safety backup is of what was there before.
  await noteNewBackups(bench, now);
}

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(namespace, key, value).map(
      ([ns, name, json]): Command => ({
        name: `save ${ns}/${name} ${json}`,
        run: async ({ store }) => void (await store.save("cli", ns, name, json)),
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(namespace, key).map(
      ([ns, name]): Command => ({
        name: `delete ${ns}/${name}`,
        run: async ({ store }) => void (await store.delete("cli", ns, name)),
      }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.boolean().map(
      (incremental): Command => ({
        name: incremental ? "incremental backup" : "full backup",
        run: async (bench) => {
          const now = await picture(bench.store);
          const { id } = await createBackup(bench.store, bench.place, {
            incremental,
            reason: "asked",
          });
          bench.moments.set(id, now);
        },
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -2, max: 20 }).map(
      (days): Command => ({
        name: `${days} days pass`,
        run: async (bench) => {
          bench.clock += days * 86_400_000;
        },
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(20), fc.option(fc.nat(4), { nil: undefined })).map(
      ([days, count]): Command => ({
        name: `prune ${days} days, ${count}`,
        run: async ({ place }) => {
          const listed = await listBackups(place);
          const planned = await pruneBackups(place, { days, count, dryRun: true });
          expect((await listBackups(place)).map(({ id }) => id)).toEqual(
            listed.map(({ id }) => id),
          );
          const pruned = await pruneBackups(place, { days, count, dryRun: false });
          expect(pruned).toEqual(planned);
          const left = (await listBackups(place)).map(({ id }) => id).reverse();
          expect(left).toEqual(pruned.retained);
          if (listed[0] !== undefined) expect(left).toContain(listed[0].id);
        },
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: which.map(
      (index): Command => ({
        name: `delete backup ${index}`,
        run: async (bench) => {
          const id = await pick(bench, index);
          if (id === undefined) return;
          const needed = (await listBackups(bench.place)).some(({ parentId }) => parentId === id);
          const work = deleteBackup(bench.place, id);
          if (needed) await expect(work).rejects.toMatchObject({ code: "backup-has-children" });
          else await work;
        },
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(which, fc.boolean()).map(
      ([index, quick]): Command => ({
        name: `verify ${index}`,
        run: async (bench) => {
          const id = await pick(bench, index);
          if (id === undefined) return;
          expect(await verifyBackup(bench.place, id, { quick })).toEqual({
            isValid: true,
            errors: [],
          });
        },
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: which.map(
      (index): Command => ({
        name: `restore ${index}`,
        run: (bench) => restore(bench, index, {}),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        which,
        fc.array(namespace, { maxLength: 2 }),
        fc.array(fc.record({ namespace, key }), { maxLength: 2 }),
      )
      .map(
        ([index, namespaces, keys]): Command => ({
          name: `restore ${index} of ${JSON.stringify({ namespaces, keys })}`,
          run: (bench) => restore(bench, index, { namespaces, keys }),
        }),
      ),
  },
);

async function runAll(commands: readonly Command[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "llmspell-model-"));
  const store = openStore(join(folder, "state"));
  const bench: Bench = {
    store,
    place: { folder: join(folder, "backups"), maxValueBytes: 1 << 20, now: () => bench.clock++ },
    moments: new Map(),
    clock: Date.UTC(2026, 0, 1),
  };
  try {
    for (const { run } of commands) await run(bench);
    const heads = await listBackups(bench.place);
    for (const { id } of heads) {
      expect(await verifyBackup(bench.place, id, { quick: false })).toEqual({
        isValid: true,
        errors: [],
      });
      await restoreBackup(store, bench.place, id, {});
      expect(await picture(store)).toEqual(bench.moments.get(id));
    }
    const files = heads.length === 0 ? [] : readdirSync(bench.place.folder);
    expect(files.filter((name) => name.startsWith("."))).toEqual([]);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

it(
  "every listed backup gives back exactly the state of its moment",
  async () => {
    const named = command.map((one) => ({ ...one, toString: () => one.name }));
    const commands = fc.array(named, { minLength: 5, maxLength: 30, size: "max" });
    const property = fc.asyncProperty(commands, (list) => runAll(list));
    await fc.assert(property, { numRuns: RUNS, seed: 20261122 });
  },
  RUNS * 4000,
);
