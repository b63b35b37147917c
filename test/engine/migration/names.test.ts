import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryStore } from "../../../server/src/engine/memory/store.ts";
import { migrate, planMigration } from "../../../server/src/engine/migration/migrate.ts";
import { StateError } from "../../../shared/src/errors.ts";
import { contents } from "../backup/stores.ts";

const RUNS = process.env["LLMSPELL_LONG"] ? 2000 : 150;

interface Rename {
  readonly action: "rename-keys" | "rename-namespace" | "drop-keys";
  readonly namespace: string;
  readonly key: string;
  readonly to: string;
}

const namespace = fc.constantFrom("a", "b", "a:b");
const key = fc.constantFrom("x", "y", "p:x", "p:y", "q:x");
const rename: fc.Arbitrary<Rename> = fc.oneof(
  fc.record({
    action: fc.constant("rename-keys" as const),
    namespace: fc.constantFrom("a", "*"),
    key: fc.constantFrom("x", "y", "p:x"),
    to: key,
  }),
  fc.record({
    action: fc.constant("rename-keys" as const),
    namespace,
    key: fc.constantFrom("p:*", "*", "*:x"),
    to: fc.constantFrom("q:*", "p:*", "*", "z*z"),
  }),
  fc.record({
    action: fc.constant("rename-namespace" as const),
    namespace,
    key: fc.constantFrom("*", "x", "p:*"),
    to: namespace,
  }),
  fc.record({ action: fc.constant("drop-keys" as const), namespace, key, to: fc.constant("") }),
);

/** What the pattern's only star stands for; undefined when it does not match. */
function star(pattern: string, name: string): string | undefined {
  const [before = "", after] = pattern.split("*");
  if (after === undefined) return pattern === name ? "" : undefined;
  const fits = name.length >= before.length + after.length;
  if (!fits || !name.startsWith(before) || !name.endsWith(after)) return undefined;
  return name.slice(before.length, name.length - after.length);
}

/** The plain reading of the documentation: where each entry ends up. */
function destination(
  renames: readonly Rename[],
  from: readonly [string, string],
): string | undefined {
  let [space, name] = from;
  for (const { action, namespace: spaces, key: keys, to } of renames) {
    const matched = star(keys, name);
    if (star(spaces, space) === undefined || matched === undefined) continue;
    if (action === "drop-keys") return undefined;
    if (action === "rename-keys") name = to.replace("*", matched);
    else space = to;
  }
  return `${space}/${name}`;
}

function printed(renames: readonly Rename[]): string {
  return renames
    .map(({ action, namespace: spaces, key: keys, to }) => {
      const target = action === "drop-keys" ? "" : `to = '${to}'\n`;
      return `[[step]]\naction = '${action}'\nnamespace = '${spaces}'\nkey = '${keys}'\n${target}`;
    })
    .join("\n");
}

it(
  "entries end up where the steps say, or, when two would meet, all stay",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "llmspell-names-"));
    const migrations = { folder: join(folder, "migrations"), languages: [] };
    const place = { folder: join(folder, "backups"), maxValueBytes: 1000, now: Date.now };
    mkdirSync(migrations.folder);
    const names = fc.uniqueArray(fc.tuple(namespace, key), { maxLength: 8, selector: String });
    const steps = fc.array(rename, { minLength: 1, maxLength: 4 });
    let met = 0;
    try {
      await fc.assert(
        fc.asyncProperty(names, steps, async (entries, renames) => {
          writeFileSync(join(migrations.folder, "1.0.0__2.0.0.toml"), printed(renames));
          const store = new MemoryStore({
            historyLimit: 0,
            maxValueBytes: 1000,
            schemaVersion: "1.0.0",
          });
          for (const [space, name] of entries)
            await store.save("cli", space, name, `"${space}/${name}"`);
          const targets = entries.flatMap((entry) => {
            const target = destination(renames, entry);
            return target === undefined ? [] : [[target, `"${entry.join("/")}"`]];
          });
          const collides = new Set(targets.map(([target]) => target)).size < targets.length;
          const state = async () =>
            (await contents(store)).map((entry) => [
              `${entry.namespace}/${entry.key}`,
              entry.value,
            ]);
          const before = await state();
          if (collides) {
            met++;
            const work = migrate(store, place, migrations, "2.0.0");
            await expect(work).rejects.toBeInstanceOf(StateError);
            await expect(work).rejects.toMatchObject({ code: "migration-collision" });
            expect(await state()).toEqual(before);
            expect(await store.schemaVersion()).toBe("1.0.0");
            return;
          }
          const plan = await planMigration(store, place, migrations, "2.0.0", 1000);
          expect(await state()).toEqual(before);
          const { itemsMigrated } = await migrate(store, place, migrations, "2.0.0");
          expect(itemsMigrated).toBe(plan.itemsMigrated);
          const after = await state();
          expect(after).toEqual(targets.sort(([a = ""], [b = ""]) => order(a, b)));
          // The plan's changes, applied by hand, lead to the same.
          const byHand = new Map(before.map(([name = "", value = ""]) => [name, value]));
          for (const change of plan.changes) {
            const name = `${change.namespace}/${change.key}`;
            expect(byHand.get(name)).toBe(change.before);
            if (change.after === undefined) byHand.delete(name);
            else byHand.set(name, change.after);
          }
          expect(byHand).toEqual(new Map(after.map(([name = "", value = ""]) => [name, value])));
        }),
        { numRuns: RUNS, seed: 7 },
      );
      expect(met).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  RUNS * 300,
);

/** By namespace, then by key; all are ASCII. */
function order(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  const [x, y] = left[0] === right[0] ? [left[1], right[1]] : [left[0], right[0]];
  return String(x) < String(y) ? -1 : 1;
}
