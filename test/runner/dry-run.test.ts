import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../server/src/engine/engine.ts";
import type { ChangeDetail } from "../../server/src/engine/types.ts";
import { printLua } from "../../server/src/engine/values/lua.ts";
import { RUNTIMES } from "../../server/src/runner/types.ts";
import { AREAS } from "./conformance/agreement.ts";
import { readCases } from "./conformance/corpus.ts";
import { type Bench, diskStore, openBench } from "./harness.ts";

const GUIDE = join(import.meta.dirname, "../fixtures/guide");
const long = process.env["LLMSPELL_LONG"] !== undefined;
const RUNS = long ? 300 : 10;

type Store = Awaited<ReturnType<typeof diskStore>>;

describe.each(RUNTIMES)("on %s:", (runtime) => {
  /** One store for running, one for running dry and applying: they begin alike. */
  let real: Store;
  let dry: Store;
  let running: Bench;
  let trying: Bench;
  beforeAll(async () => {
    real = await diskStore();
    dry = await diskStore();
    running = await openBench(real.connect, runtime);
    trying = await openBench(
      () => dry.engine.connect("script:main.lua", { dryRun: true }),
      runtime,
    );
  });
  afterAll(async () => {
    await Promise.all([running.close(), trying.close(), real.close(), dry.close()]);
  });

  /** All entries, as an export has them but for what differs by nature: revisions and times. */
  async function exported(engine: Engine): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const { namespace } of await engine.namespaces()) {
      for (const { key, value } of await engine.page(namespace, { limit: 10_000 })) {
        lines.push(`${namespace} ${key} ${value}`);
      }
    }
    return lines;
  }

  const names = (changes: readonly ChangeDetail[]) =>
    changes.map(({ op, namespace, key, before, after }) => ({ op, namespace, key, before, after }));

  /** Runs a script dry and for real, and holds the two against each other. */
  async function compare(source: string): Promise<void> {
    const before = await exported(dry.engine);
    const revision = await dry.engine.revision();
    const tried = await trying.run(source);
    expect(await dry.engine.revision()).toBe(revision);
    expect(await exported(dry.engine)).toEqual(before);

    const ran = await running.run(source);
    expect(tried.output).toBe(ran.output);
    expect(tried.error).toEqual(ran.error);
    expect(names(tried.changes)).toEqual(names(ran.changes));

    await dry.engine.applyChanges("script:main.lua", revision, tried.changes);
    expect(await exported(dry.engine)).toEqual(await exported(real.engine));
  }

  const name = fc.constantFrom("a", "b", "c");
  const value = fc.constantFrom("1", "1.0", "'x'", "{}", "{1, {2}}", "{k = {}, l = {1.5}}", "true");
  const operation = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(name, name, value).map(([n, k, v]) => `State.save("${n}", "${k}", ${v})`),
    },
    { weight: 2, arbitrary: fc.tuple(name, name).map(([n, k]) => `State.delete("${n}", "${k}")`) },
    fc.tuple(name, name).map(([n, k]) => `show(State.load("${n}", "${k}"))`),
    name.map((n) => `show(State.list_keys("${n}"))`),
    fc.constant("pcall(State.save, 'a', 'b', print)"),
  );
  const SHOW = `local function show(v)
  if type(v) ~= "table" then return print(math.type(v) or type(v), v) end
  local keys = {} for k in pairs(v) do keys[#keys + 1] = tostring(k) end table.sort(keys)
  print("table", table.concat(keys, ",")) for _, k in ipairs(keys) do show(v[k] or v[tonumber(k)]) end
end
`;

  describe("a dry run", () => {
    it("of any script leaves the store as it was, and applied gives what running gives", {
      timeout: 600_000,
    }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (lines) => {
          await compare(SHOW + lines.join("\n"));
        }),
        { numRuns: RUNS, seed: 20251122 },
      );
    });

    it.each(AREAS)("of each script of the conformance suite likewise (%s)", async (area) => {
      // What they print is kept too, so that each changes something; clocks and addresses differ.
      const record = `local lines = {} local function keep(...) local t = table.pack(...)
      for i = 1, t.n do t[i] = type(t[i]) == "string" and #t[i] or math.type(t[i]) or type(t[i]) end
      lines[#lines + 1] = table.concat(t, " ") end print = keep\n`;
      const cases = readCases(area).filter((_, i) => long || i % 5 === 0);
      const parts = cases.map(
        ({ source }, i) =>
          `lines = {} local f = load(${printLua(source)}, "=c", "t") State.save("suite", "c${i}", {ok = f ~= nil and pcall(f), lines = lines})`,
      );
      await compare(record + parts.map((part) => `do ${part} end`).join("\n"));
    });

    it("verifies a backup and leaves no mark", async () => {
      const { id } = await dry.engine.createBackup({ incremental: false });
      const files = () => readdirSync(join(dry.folder, "state/backups")).sort();
      const before = files();
      const output = await trying.print(
        `local v = State.validate_backup("${id}") print(v.is_valid, #v.errors)
      print(State.validate_backup("backup_none").is_valid, State.create_backup().success)`,
      );
      expect(output).toBe("true\t0\nfalse\tfalse\n");
      expect(files()).toEqual(before);
    });

    // Backups and migrations answer otherwise in a dry run.
    const files = readdirSync(GUIDE).filter((file) => !/^0[5-8]-/.test(file));
    const some = runtime === "lua54" || long ? files : files.slice(0, 5);
    it.each(some)("of the guide's %s likewise", async (file) => {
      const block = readFileSync(join(GUIDE, file), "utf8");
      const supplied =
        "local time = os.time() os.time = function() return time end userData = {n = 1} userId = '7'";
      await compare(`${supplied.replace("os.time()", "1700000000")} ${block}`);
    });
  });
});
