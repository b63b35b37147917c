import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MigrationLanguage } from "../../../server/src/engine/migration/compile.ts";
import type { MigrationEntry } from "../../../server/src/engine/migration/steps.ts";
import { bench, fill } from "./support.ts";

const rename = (from: string, to: string) =>
  `description = "${from} becomes ${to}"\n[[step]]\naction = "rename-field"\nnamespace = "*"\nfield = "${from}"\nto = "${to}"\n`;

/** A language whose files are expressions of JavaScript. */
function javascript(closed: string[]): MigrationLanguage {
  return {
    extension: ".js",
    open: async ({ name, text }) => {
      const step = new Function("entry", text) as (entry: MigrationEntry) => MigrationEntry | null;
      return { step, close: async () => void closed.push(name) };
    },
  };
}

describe("a migration", () => {
  it("goes over all versions on the way, in one transaction after a backup", async () => {
    const { engine, files, entries } = bench();
    files({ "1.0.0__1.1.0.toml": rename("a", "b"), "1.1.0__2.0.0.toml": rename("b", "c") });
    await fill(engine, 'n/one={"a":1}', 'n/two={"x":1}', 'n/three={"b":2}');
    const before = await engine.entry("n", "one");
    const untouched = await engine.entry("n", "two");
    const outcome = await engine.migrate("2.0.0");
    expect(outcome).toMatchObject({ from: "1.0.0", to: "2.0.0", itemsMigrated: 2 });
    expect(await entries()).toEqual(['n/one={"c":1}', 'n/three={"c":2}', 'n/two={"x":1}']);
    expect(await engine.entry("n", "two")).toEqual(untouched);
    expect((await engine.entry("n", "one"))?.createdAt).toBe(before?.createdAt);
    const origin = `migrate:1.0.0:2.0.0 by ${userInfo().username}`;
    expect((await engine.entry("n", "one"))?.origin).toBe(origin);
    expect((await engine.backups()).map(({ id, schemaVersion }) => [id, schemaVersion])).toEqual([
      [outcome.backupId, "1.0.0"],
    ]);
    const { history } = await engine.schemaStatus();
    expect(history).toEqual([{ from: "1.0.0", to: "2.0.0", at: expect.any(Number), origin }]);
    await engine.restoreBackup(String(outcome.backupId));
    expect(await engine.schemaVersion()).toBe("1.0.0");
    expect(await entries()).toEqual(['n/one={"a":1}', 'n/three={"b":2}', 'n/two={"x":1}']);
  });

  it("is shown before: each migration with samples, and every change; nothing is touched", async () => {
    const { engine, files, entries } = bench();
    files({
      "1.0.0__2.0.0.toml": `${rename("a", "b")}[[step]]\naction = "rename-keys"\nnamespace = "n"\nkey = "old:*"\nto = "new:*"\n`,
    });
    const lines = ['n/old:1={"a":1}', 'n/x={"a":2}', "n/y=3"];
    await fill(engine, ...lines);
    const plan = await engine.planMigration("2.0.0");
    expect(plan).toMatchObject({
      from: "1.0.0",
      to: "2.0.0",
      itemsMigrated: 2,
      total: 3,
      migrations: [
        {
          file: "1.0.0__2.0.0.toml",
          description: "a becomes b",
          steps: ["*/*: rename field a to b", "n/old:*: to key new:*"],
          changed: 2,
          samples: [
            {
              before: { namespace: "n", key: "old:1", value: '{"a":1}' },
              after: { namespace: "n", key: "new:1", value: '{"b":1}' },
            },
            { before: { key: "x" }, after: { key: "x", value: '{"b":2}' } },
          ],
        },
      ],
    });
    expect(plan.changes.map(({ op, key, before, after }) => [op, key, before, after])).toEqual([
      ["save", "new:1", undefined, '{"b":1}'],
      ["delete", "old:1", '{"a":1}', undefined],
      ["save", "x", '{"a":2}', '{"b":2}'],
    ]);
    expect((await engine.planMigration("2.0.0", { limit: 1 })).changes).toHaveLength(1);
    expect(await entries()).toEqual(lines);
    expect(await engine.backups()).toEqual([]);
  });

  it("may be code of a language that the caller brings", async () => {
    const closed: string[] = [];
    const { engine, files, entries } = bench([javascript(closed)]);
    files({
      "1.0.0__2.0.0.js": `
        if (entry.key === "drop") return null;
        if (entry.key === "same") return entry;
        return { namespace: "moved", key: entry.key, value: "[" + entry.value + ", 1.50]" };`,
    });
    await fill(engine, "n/drop=1", "n/same=2", "n/x=3");
    const { itemsMigrated } = await engine.migrate("2.0.0");
    expect(itemsMigrated).toBe(2);
    expect(await entries()).toEqual(["moved/x=[3,1.5]", "n/same=2"]);
    expect(closed).toEqual(["1.0.0__2.0.0.js"]);
  });

  it.each([
    [
      "throws",
      "if (entry.key === 'b') throw new Error('no way'); return entry;",
      /2\.0\.0\.js, its function: the entry n\/b cannot be migrated: no way\./,
    ],
    ["gives no JSON", "return { ...entry, value: '{' };", /n\/a cannot be migrated: .*not JSON/],
    [
      "gives an invalid key",
      "return { ...entry, key: '../x' };",
      /n\/a cannot be migrated: its new key "\.\.\/x"/,
    ],
  ])(
    "in code that %s leaves all as it was, and its function is closed",
    async (_what, text, message) => {
      const closed: string[] = [];
      const { engine, files, entries } = bench([javascript(closed)]);
      files({ "1.0.0__2.0.0.js": text });
      await fill(engine, "n/a=1", "n/b=2");
      await expect(engine.migrate("2.0.0")).rejects.toMatchObject({
        code: "migration-failed",
        message: expect.stringMatching(message),
      });
      expect(await entries()).toEqual(["n/a=1", "n/b=2"]);
      expect(closed).toHaveLength(1);
    },
  );

  it("can be cancelled, and then nothing has happened", async () => {
    const { engine, files } = bench();
    files({ "1.0.0__2.0.0.toml": rename("a", "b") });
    await fill(engine, 'n/one={"a":1}');
    const aborter = new AbortController();
    const work = engine.migrate("2.0.0", {
      signal: aborter.signal,
      progress: () => aborter.abort(),
    });
    await expect(work).rejects.toMatchObject({ code: "cancelled" });
    expect(await engine.schemaVersion()).toBe("1.0.0");
    expect(await engine.backups()).toEqual([]);
  });

  it("of a state that was never written sets its version", async () => {
    const { engine, files } = bench();
    files({ "1.0.0__2.0.0.toml": rename("a", "b") });
    expect(await engine.migrate("2.0.0")).toMatchObject({ itemsMigrated: 0, backupId: undefined });
    expect(await engine.schemaVersion()).toBe("2.0.0");
  });

  it("to the present version does nothing", async () => {
    const { engine } = bench();
    await fill(engine, "n/a=1");
    expect(await engine.migrate("1.0.0")).toMatchObject({
      from: "1.0.0",
      to: "1.0.0",
      itemsMigrated: 0,
    });
    expect(await engine.backups()).toEqual([]);
  });
});

describe("the way to a version", () => {
  const none = "";

  it("is the shortest up, or down where every step has a way back", async () => {
    const { engine, files } = bench();
    files({
      "1.0.0__1.1.0.toml": none,
      "1.1.0__2.0.0.toml": none,
      "1.0.0__2.0.0.toml": none,
      "2.0.0__10.0.0.toml": none,
      "10.0.0__1.1.0.toml": none,
      "1.1.0__1.0.0.toml": none,
      "README.md": "not one",
    });
    const way = async (version: string) =>
      (await engine.planMigration(version)).migrations.map(({ file }) => file);
    expect(await way("10.0.0")).toEqual(["1.0.0__2.0.0.toml", "2.0.0__10.0.0.toml"]);
    expect(await engine.schemaStatus()).toMatchObject({
      current: "1.0.0",
      versions: ["1.0.0", "1.1.0", "2.0.0", "10.0.0"],
      latest: "10.0.0",
      targets: ["1.1.0", "2.0.0", "10.0.0"],
    });
    await engine.migrate("10.0.0");
    expect(await way("1.0.0")).toEqual(["10.0.0__1.1.0.toml", "1.1.0__1.0.0.toml"]);
    await expect(engine.planMigration("2.0.0")).rejects.toMatchObject({
      code: "migration-gap",
      message: expect.stringContaining("back from 10.0.0 to 2.0.0"),
    });
  });

  it("names a gap", async () => {
    const { engine, files } = bench();
    files({ "1.0.0__1.2.0.toml": none, "1.5.0__2.0.0.toml": none, "1.0.0__0.9.0.toml": none });
    await expect(engine.migrate("2.0.0")).rejects.toMatchObject({
      code: "migration-gap",
      message: "No migration leads up from 1.2.0 to 1.5.0, on the way from 1.0.0 to 2.0.0.",
      next: expect.stringContaining("1.2.0__1.5.0.toml"),
    });
  });

  it.each<[string, Record<string, string>, string, string]>([
    ["a circle", { "1.0.0__1.0.0.toml": none }, "2.0.0", "invalid-migration"],
    ["a circle by build metadata", { "1.0.0+a__1.0.0+b.toml": none }, "2.0.0", "invalid-migration"],
    ["a name without versions", { "first.toml": none }, "2.0.0", "invalid-migration"],
    ["a name with half a version", { "1.0__2.0.0.toml": none }, "2.0.0", "invalid-migration"],
    [
      "two files for one step",
      { "1.0.0__2.0.0.toml": none, "1.0.0__2.0.0.js": none },
      "2.0.0",
      "ambiguous-migration",
    ],
    ["an unknown version", { "1.0.0__2.0.0.toml": none }, "3.0.0", "unknown-version"],
    ["no version", {}, "latest", "invalid-version"],
  ])("refuses %s", async (_what, texts, target, code) => {
    const { engine, files } = bench([javascript([])]);
    files(texts);
    await expect(engine.migrate(target)).rejects.toMatchObject({ code });
  });

  it.skipIf(process.platform === "win32").each([
    ["a folder", mkdirSync],
    ["a pipe", (path: string) => execFileSync("mkfifo", [path])],
    ["a link that leads nowhere", (path: string) => symlinkSync("nowhere", path)],
  ])("refuses %s of a migration's name", async (_what, make) => {
    const { engine, files, migrations } = bench();
    files({});
    make(join(migrations, "1.0.0__2.0.0.toml"));
    await expect(engine.migrate("2.0.0")).rejects.toMatchObject({
      code: "invalid-migration",
      message: expect.stringMatching(
        /^1\.0\.0__2\.0\.0\.toml: it (is no plain file|cannot be read)/,
      ),
    });
  });

  it("orders versions as semver.org does", async () => {
    const { engine, files } = bench();
    const order = [
      "1.0.0",
      "2.0.0-alpha",
      "2.0.0-alpha.1",
      "2.0.0-alpha.beta",
      "2.0.0-beta.2",
      "2.0.0-beta.11",
      "2.0.0-rc.1",
      "2.0.0",
    ];
    files(Object.fromEntries(order.slice(1).map((version) => [`1.0.0__${version}.toml`, none])));
    expect((await engine.schemaStatus()).versions).toEqual(order);
  });
});
