import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Engine } from "../../server/src/engine/engine.ts";
import { openEngine } from "../../server/src/engine/open.ts";
import { openStore } from "../../server/src/engine/open-store.ts";
import { optionsIn, temporaryFolder } from "./state-folder.ts";

const PLAN = { dryRun: true, limit: 10 };
const DO = { dryRun: false, limit: 10 };

describe.each(["sqlite", "memory"] as const)(
  "state is carried in and out of a store: %s",
  (backend) => {
    function open(folder = temporaryFolder()): Engine {
      const engine = openEngine(optionsIn(folder, { backend }));
      onTestFinished(() => engine.close());
      return engine;
    }

    async function fill(engine: Engine, count: number): Promise<void> {
      const changes = Array.from({ length: count }, (_, n) => ({
        namespace: `n${n % 2}`,
        key: `k:${String(n).padStart(5, "0")}`,
        after: `{"n":${n}}`,
      }));
      await engine.applyChanges("t", await engine.revision(), changes);
    }

    const linesOf = (file: string): readonly string[] =>
      readFileSync(file, "utf8").split("\n").slice(0, -1);

    test("an export holds each entry once, however its parts overlap, in the order of names", async () => {
      const [engine, folder] = [open(), temporaryFolder()];
      await fill(engine, 1400);
      const file = join(folder, "out.jsonl");
      expect(await engine.exportEntries(file)).toEqual({ exported: 1400 });
      expect(linesOf(file)).toHaveLength(1400);
      expect([...linesOf(file)].sort()).toEqual(linesOf(file));
      const parts = [
        { namespace: "n0", prefix: "k:000" },
        { namespace: "n0", key: "k:00002" },
        { namespace: "n0", prefix: "k:0000" },
        { namespace: "n0", prefix: "k:000" },
        { namespace: "n1", key: "k:00001" },
        { namespace: "n1", key: "k:00001" },
        { namespace: "n1", key: "none" },
      ];
      expect(await engine.exportEntries(file, { parts })).toEqual({ exported: 51 });
      expect(new Set(linesOf(file)).size).toBe(51);
      const whole = [{ namespace: "n1" }, { namespace: "n1", prefix: "k:" }];
      expect(await engine.exportEntries(file, { parts: whole })).toEqual({ exported: 700 });
    });

    test("an export that is cancelled or cannot be written leaves nothing, and what was there", async () => {
      const [engine, folder] = [open(), temporaryFolder()];
      await fill(engine, 3000);
      const file = join(folder, "out.jsonl");
      writeFileSync(file, "before");
      for (const parts of [undefined, [{ namespace: "n0" }]]) {
        const aborter = new AbortController();
        const control = { signal: aborter.signal, progress: () => aborter.abort() };
        const exporting = engine.exportEntries(file, parts === undefined ? {} : { parts }, control);
        await expect(exporting).rejects.toMatchObject({ code: "cancelled" });
      }
      expect(readFileSync(file, "utf8")).toBe("before");
      expect(existsSync(`${file}.part`)).toBe(false);
      await expect(engine.exportEntries(join(folder, "none/out.jsonl"))).rejects.toMatchObject({
        code: "unwritable-file",
        message: expect.stringContaining("none/out.jsonl"),
      });
    });

    test.skipIf(process.platform === "win32")("an export is for its owner alone", async () => {
      const [engine, folder] = [open(), temporaryFolder()];
      await fill(engine, 1);
      await engine.exportEntries(join(folder, "out.jsonl"));
      expect(statSync(join(folder, "out.jsonl")).mode & 0o777).toBe(0o600);
    });

    test("an import brings times back, and backs up what it overwrites and nothing else", async () => {
      const [engine, folder] = [open(), temporaryFolder()];
      const file = join(folder, "in.jsonl");
      const time = "2020-01-02T03:04:05.000Z";
      const line = (key: string, value: string) =>
        `{"namespace":"n","key":"${key}","value":${value},"created_at":"${time}","updated_at":"${time}"}\n`;
      writeFileSync(file, line("a", "1") + line("b", "9007199254740993"));
      expect(await engine.importEntries(file, { ...PLAN, limit: 1 })).toMatchObject({
        changes: [{ op: "save", key: "a", after: "1" }],
        total: 2,
      });
      expect(await engine.revision()).toBe(0);
      const first = await engine.importEntries(file, DO);
      expect(first).toMatchObject({ total: 2, safetyBackupId: undefined });
      expect(await engine.backups()).toEqual([]);
      expect(await engine.entry("n", "b")).toMatchObject({
        value: "9007199254740993",
        createdAt: Date.parse(time),
        origin: "import:in.jsonl",
      });
      writeFileSync(file, line("a", "2") + line("b", "9007199254740993"));
      const second = await engine.importEntries(file, DO);
      expect(second).toMatchObject({ total: 1, changes: [{ before: "1", after: "2" }] });
      const [backup] = await engine.backups();
      expect(backup).toMatchObject({ id: second.safetyBackupId, entries: 2 });
      await engine.restoreBackup(second.safetyBackupId ?? "");
      expect((await engine.entry("n", "a"))?.value).toBe("1");
    });

    test("an import that is cancelled at any step changes nothing and leaves no backup", async () => {
      const [engine, folder] = [open(), temporaryFolder()];
      await fill(engine, 600);
      const file = join(folder, "in.jsonl");
      await engine.exportEntries(file);
      writeFileSync(file, readFileSync(file, "utf8").replaceAll('{"n":', '{"m":'));
      const revision = await engine.revision();
      let last = 0;
      for (let step = 1; ; step++) {
        const aborter = new AbortController();
        let reports = 0;
        const progress = () => {
          if (++reports === step) aborter.abort();
        };
        const importing = engine.importEntries(file, DO, { signal: aborter.signal, progress });
        const outcome = await importing.catch((error: unknown) => error);
        last = step;
        if (!(outcome instanceof Error)) break;
        expect(outcome).toMatchObject({ code: "cancelled" });
        expect(await engine.revision()).toBe(revision);
        expect(await engine.backups()).toEqual([]);
      }
      // Reading, comparing, backing up, comparing and importing were all stopped once.
      expect(last).toBeGreaterThan(5);
      expect((await engine.entry("n0", "k:00000"))?.value).toBe('{"m":0}');
    });

    test("parts are deleted together, each entry once; a dry run and an empty state stay as they are", async () => {
      const engine = open();
      const parts = [{ namespace: "n0" }, { namespace: "n0", key: "k:00000" }];
      expect(await engine.deleteParts("t", parts, DO)).toEqual({ total: 0, entries: [] });
      expect(await engine.revision()).toBe(0);
      await fill(engine, 1200);
      const plan = await engine.deleteParts("t", parts, PLAN);
      expect(plan).toMatchObject({ total: 600, entries: { length: 10 } });
      expect(await engine.deleteParts("t", parts, DO)).toEqual(plan);
      expect(await engine.namespaces()).toMatchObject([{ namespace: "n1", keys: 600 }]);
    });
  },
);

test("what somebody saves between the plan of an import and its change is in the backup", async () => {
  const options = optionsIn(temporaryFolder());
  const [engine, other] = [openEngine(options), openStore(options)];
  onTestFinished(async () => {
    await engine.close();
    await other.close();
  });
  const file = join(temporaryFolder(), "in.jsonl");
  writeFileSync(file, '{"namespace":"n","key":"k","value":1}\n');
  await other.save("t", "n", "other", "1");
  let planned = 0;
  const progress = ({ what }: { readonly what: string }) => {
    if (what !== "comparing entries" || ++planned !== 1) return;
    // New to the plan, which has begun to look; there when the change is about to be made.
    queueMicrotask(() => queueMicrotask(() => void other.save("t", "n", "k", '"theirs"')));
  };
  const { safetyBackupId, changes } = await engine.importEntries(file, DO, { progress });
  expect(changes).toMatchObject([{ before: '"theirs"', after: "1" }]);
  const held = await engine.diffBackup(safetyBackupId ?? "");
  expect(held.changes).toMatchObject([{ namespace: "n", key: "k", after: '"theirs"' }]);
});

test("a backup that cannot be copied leaves no part of it", async () => {
  const engine = openEngine(optionsIn(temporaryFolder()));
  onTestFinished(() => engine.close());
  await engine.save("t", "n", "k", "1");
  const { id } = await engine.createBackup({ incremental: false });
  const folder = temporaryFolder();
  const aborter = new AbortController();
  const control = { signal: aborter.signal, progress: () => aborter.abort() };
  await expect(engine.exportBackup(id, folder, control)).rejects.toMatchObject({
    code: "cancelled",
  });
  const full = join(folder, "full");
  writeFileSync(full, "");
  await expect(engine.exportBackup(id, full)).rejects.toMatchObject({ code: "unwritable-file" });
  expect(await engine.exportBackup(id, join(folder, "good"))).toEqual([id]);
  expect(await engine.exportBackup(id, join(folder, "good"))).toEqual([]);
});
