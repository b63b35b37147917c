import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RUNTIMES } from "../../server/src/runner/types.ts";
import { type Bench, diskStore, openBench } from "./harness.ts";

const GUIDE = join(import.meta.dirname, "../fixtures/guide");

/** A block of the guide, unchanged, by its number. */
function block(number: number): string {
  const name = readdirSync(GUIDE).find((file) => file.startsWith(String(number).padStart(2, "0")));
  return readFileSync(join(GUIDE, name ?? "none"), "utf8");
}

describe.each(RUNTIMES)("on %s:", (runtime) => {
  let store: Awaited<ReturnType<typeof diskStore>>;
  let bench: Bench;
  beforeAll(async () => {
    store = await diskStore();
    bench = await openBench(store.connect, runtime);
  });
  afterAll(async () => {
    await store.close();
    await bench.close();
  });

  const value = async (namespace: string, key: string): Promise<unknown> => {
    const entry = await store.engine.entry(namespace, key);
    return entry === undefined ? undefined : JSON.parse(entry.value);
  };

  /** Runs a block between what it leaves undefined and calls of the functions that it defines. */
  const play = (number: number, before = "", after = "") =>
    bench.print(`${before} ${block(number)}\n${after}`);

  describe("the guide's basic operations", () => {
    it("save", async () => {
      expect(await play(1)).toBe("");
      expect(await value("global", "app_version")).toBe("1.0.0");
      expect(await value("user", "preferences")).toEqual({ theme: "dark", language: "en" });
      expect(await value("app", "config")).toEqual({
        database: { host: "localhost", port: 5432, pool_size: 10 },
        features: { caching: true, analytics: false },
      });
    });

    it("load", async () => {
      expect(await play(2, "", "print(version, prefs.theme, data)")).toBe(
        "Key not found\n1.0.0\tdark\tnil\n",
      );
    });

    it("delete", async () => {
      await store.engine.save("test", "user", "temp_data", "1");
      await store.engine.save("test", "temp", "cache2", "1");
      await play(3);
      expect(await store.engine.keys("temp")).toEqual([]);
      expect(await store.engine.keys("user")).toEqual(["preferences"]);
    });

    it("list_keys", async () => {
      await store.engine.save("test", "global", "Zeta", "1");
      expect(await play(4)).toBe("Key: Zeta\nKey: app_version\n");
      await store.engine.delete("test", "global", "Zeta");
    });
  });

  describe("the guide's backup and restore", () => {
    it("of an unknown id answers that it is unknown", async () => {
      const output = await play(8, "", "print(result.success, result.error)");
      expect(output).toMatch(/^false\t.*backup_12345/);
    });

    it("are made, full and incremental", async () => {
      expect(await play(7)).toMatch(/^Backup ID: \S+\nIncremental backup size: \d+\n$/);
    });

    it("bring back what was", async () => {
      const created = await bench.print(`
      local backup = State.create_backup(false)
      print("Backup ID: " .. backup.backup_id)
      State.save("global", "app_version", "2.0.0")
      State.save("later", "key", 1)
      arg.id = backup.backup_id
      local result = State.restore_backup(backup.backup_id)
      if result.success then
          print("Restored " .. result.entries_restored .. " entries")
      end
      local list = State.list_backups()
      print(State.validate_backup(backup.backup_id).is_valid, #list >= 2, list[1].kind, os.time() - list[1].created_at < 60)`);
      expect(created).toMatch(/^Backup ID: \S+\nRestored 3 entries\ntrue\ttrue\tfull\ttrue\n$/);
      expect(await value("global", "app_version")).toBe("1.0.0");
      expect(await store.engine.keys("later")).toEqual([]);
    });
  });

  describe("the guide's migrations", () => {
    const features = { migrations: true, backups: true };
    const playWith = (number: number, after = "") =>
      bench.print(block(number) + after, { features });

    it("answer that there is no way, and change nothing", async () => {
      expect(await playWith(5)).toMatch(/^Migration failed: .*2\.0\.0/);
      const after = "print(result.success, result.status, result.from_version, result.to_version)";
      expect(await playWith(5, after)).toContain("false\tfailed\t1.0.0\t2.0.0\n");
      expect(await playWith(6)).toBe("Available version: 1.0.0\n");
    });

    it("migrate, and list the versions", async () => {
      mkdirSync(join(store.folder, "migrations"));
      writeFileSync(
        join(store.folder, "migrations/1.0.0__2.0.0.toml"),
        `[[step]]\naction = "rename-field"\nnamespace = "user"\nfield = "theme"\nto = "look"\n`,
      );
      await store.engine.save("test", "user", "preferences", '{"theme":"dark","language":"en"}');
      const status = `local s = State.get_migration_status()
      print(s.current_version, s.latest_version, s.is_latest, table.concat(s.migration_targets, ","), s.migration_available)`;
      expect(await bench.print(status, { features })).toBe("1.0.0\t2.0.0\tfalse\t2.0.0\ttrue\n");

      const after =
        "print(result.status, result.items_migrated, math.type(result.duration_ms), result.error)";
      const ran = await bench.run(`${block(5)}\n${after}`, { features });
      expect(ran.output).toBe("Migrated from 1.0.0 to 2.0.0\ncompleted\t1\tinteger\tnil\n");
      expect(await value("user", "preferences")).toEqual({ look: "dark", language: "en" });
      // The run tells what its migration changed.
      expect(ran.changes).toMatchObject([{ op: "save", namespace: "user", key: "preferences" }]);

      expect(await playWith(6)).toBe("Available version: 1.0.0\nAvailable version: 2.0.0\n");
      expect(await bench.print("print(#State.get_schema_versions())", { features })).toBe("2\n");
      expect(await bench.print(status, { features })).toBe("2.0.0\t2.0.0\ttrue\t\tfalse\n");
      expect(await playWith(5)).toBe("Migrated from 2.0.0 to 2.0.0\n");
    });
  });

  describe("backups beside the guide's", () => {
    it("build on one another, are counted, and go when they are too old or too many", async () => {
      const output = await bench.print(`
      local full = State.create_backup(false)
      State.save("later", "key", 1)
      local part = State.create_backup(true)
      print(part.success, part.incremental, part.parent_id == full.backup_id, part.entries)
      local usage = State.get_storage_usage()
      print(usage.total_backups == usage.full_backups + usage.incremental_backups, usage.incremental_backups >= 1,
        usage.total_size >= full.size_bytes + part.size_bytes, usage.newest_backup - os.time() <= 0)
      local plan = State.cleanup_backups(true)
      print(plan.success, plan.deleted_count, plan.retained_count == usage.total_backups, plan.space_freed, #plan.deleted, plan.dry_run)
      local done = State.cleanup_backups()
      print(done.success, done.deleted_count, done.retained_count == usage.total_backups, done.dry_run)`);
      expect(output).toBe(
        "true\ttrue\ttrue\t1\ntrue\ttrue\ttrue\ttrue\ntrue\t0\ttrue\t0\t0\ttrue\ntrue\t0\ttrue\tfalse\n",
      );
    });
  });

  describe("the guide's common patterns", () => {
    it("configuration management", async () => {
      await store.engine.delete("test", "app", "config");
      await play(13);
      expect(await value("app", "config")).toEqual({
        theme: "dark",
        language: "en",
        features: { autosave: false, notifications: true },
      });
    });

    it("session management", async () => {
      const output = await play(
        14,
        "",
        `local id = createSession("ann")
       print(touchSession(id), touchSession("none"))
       State.save("session", "old", {id = "old", last_active = 5})
       cleanupSessions(3600)
       print(table.concat(State.list_keys("session"), ",") == id)
       print(State.load("session", id).user_id, math.type(State.load("session", id).created_at))`,
      );
      expect(output).toBe("true\tfalse\ntrue\nann\tinteger\n");
      const [key = ""] = await store.engine.keys("session");
      expect(key).toMatch(/^\d{10}_\d+$/);
      expect(await value("session", key)).toMatchObject({ id: key, user_id: "ann", data: {} });
    });

    it("cache with time to live", async () => {
      const output = await play(
        15,
        'userData = {name = "Bob"}',
        `print(cached.name)
       cacheSet("stale", 1, -10)
       print(cacheGet("stale"), cacheGet("never"), State.load("cache", "stale"))`,
      );
      expect(output).toBe("Bob\nnil\tnil\tnil\n");
      expect(await value("cache", "api:user:123")).toMatchObject({ value: { name: "Bob" } });
    });

    it("counters and statistics", async () => {
      const output = await play(
        16,
        "",
        `incrementCounter("hits") incrementCounter("hits") print(incrementCounter("misses"))
       for i = 1, 105 do trackEvent("click", {n = i}) end`,
      );
      expect(output).toBe("1\n");
      expect(await value("stats", "counters")).toEqual({ hits: 2, misses: 1 });
      const events = (await value("stats", "events:click")) as { data: { n: number } }[];
      expect(events.map((event) => event.data.n)).toEqual(
        Array.from({ length: 100 }, (_, i) => i + 6),
      );
    });

    it("migration patterns", async () => {
      await store.engine.save("test", "data", "doc", '{"old_field":"x"}');
      const output = await play(
        17,
        "",
        `local doc = loadVersionedData("doc") print(doc.new_field, doc.old_field, loadVersionedData("none"))
       upgradeSchema("1.0.0", "2.0.0") print(loadVersionedData("doc").old_field)`,
      );
      expect(output).toBe("x\tnil\tnil\nx\n");
      expect(await value("system", "schema_version")).toBe("2.0.0");
      expect(await value("system", "schema_backup_1.0.0")).toEqual({
        global: {},
        user: {},
        app: {},
      });
    });
  });

  describe("the guide's other blocks", () => {
    const supplied: Readonly<Record<number, string>> = {
      10: 'userData = {name = "Bob"}',
      12: 'userId = "7"',
      18: 'userId = "7"',
      22: "",
      23: "function validateUserData() return true end",
      24: "function getDefaultConfig() return {} end",
    };
    it.each([9, 10, 11, 12, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27])(
      "%i runs as it is",
      async (number) => {
        const ran = await bench.run(`${supplied[number] ?? ""} ${block(number)}`);
        expect(ran.error).toBeUndefined();
      },
    );

    it("without migrations and backups has neither function", async () => {
      const output = await bench.print(
        "print(State.migrate, State.schema_versions, State.create_backup, State.restore_backup, State.list_backups)",
        { features: { migrations: false, backups: false } },
      );
      expect(output).toBe("nil\tnil\tnil\tnil\tnil\n");
    });
  });
});
