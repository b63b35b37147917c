import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withReference } from "../../scripts/state-reference.ts";
import { BINDINGS } from "../../server/src/runner/bindings.ts";
import { RUNTIMES } from "../../server/src/runner/types.ts";
import { STATE_API } from "../../shared/src/api.ts";
import { type Bench, memoryStore, openBench } from "./harness.ts";

describe.each(RUNTIMES)("on %s:", (runtime) => {
  const store = memoryStore();
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench(store.connect, runtime);
  });
  afterAll(() => bench.close());

  describe("the State table", () => {
    it("is what the catalogue says, no more and no less", () => {
      expect(Object.keys(BINDINGS).sort()).toEqual(STATE_API.map((member) => member.name).sort());
    });

    it("is described in docs/lua.md by the catalogue", () => {
      const page = readFileSync(join(import.meta.dirname, "../../docs/lua.md"), "utf8");
      expect(withReference(page)).toBe(page);
    });

    it.each([
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ])(
      "has the functions whose settings are on (migrations %s, backups %s)",
      async (migrations, backups) => {
        const output = await bench.print(
          "local out = {} for k, v in pairs(State) do out[#out + 1] = k .. ' ' .. type(v) end table.sort(out) print(table.concat(out, '\\n'))",
          { features: { migrations, backups } },
        );
        const on = { migration_enabled: migrations, backup_enabled: backups };
        const expected = STATE_API.filter(({ gate }) => gate === undefined || on[gate]);
        expect(output.trim().split("\n")).toEqual(
          expected.map(({ name }) => `${name} function`).sort(),
        );
      },
    );

    it("has the helpers, in their namespaces", async () => {
      const output = await bench.print(`
      State.agent_set("a1", "mood", "calm") State.tool_set("t1", "uses", 3)
      State.save("workflow:w1", "step2", {ok = true}) State.save("workflow:w1", "step1", 1)
      print(State.agent_get("a1", "mood"), State.tool_get("t1", "uses"), State.workflow_get("w1", "step2").ok)
      print(table.concat(State.workflow_list("w1"), ","), State.agent_get("a2", "mood"), State.load("agent:a1", "mood"))`);
      expect(output).toBe("calm\t3\ttrue\nstep1,step2\tnil\tcalm\n");
    });

    it("takes a number as its string", async () => {
      await bench.print(
        'State.save(5, 7, "a") State.save("5", 1.5, "b") State.agent_set(9, 1, "c")',
      );
      expect(await store.engine.keys("5")).toEqual(["1.5", "7"]);
      expect(await store.value("agent:9", "1")).toBe('"c"');
    });

    it("keeps namespace and key a pair", async () => {
      expect(
        await bench.print(
          'State.save("p", "b:c", 1) State.save("p:b", "c", 2) print(State.load("p", "b:c"), State.load("p:b", "c"), #State.list_keys("p"))',
        ),
      ).toBe("1\t2\t1\n");
    });

    it("lists by UTF-8 bytes, and stores keys in NFC", async () => {
      expect(
        await bench.print(
          'for _, k in ipairs({"é", "z", "Z", "a", "e\\u{301}x"}) do State.save("sorted", k, 1) end print(table.concat(State.list_keys("sorted"), " "))',
        ),
      ).toBe("Z a z é éx\n");
    });

    it("gives nothing back from save and delete, and nil from a missing key", async () => {
      expect(
        await bench.print(
          'print(select("#", State.save("r", "k", 1)), select("#", State.delete("r", "k")), select("#", State.load("r", "k")), (State.load("r", "k")))',
        ),
      ).toBe("0\t0\t1\tnil\n");
    });

    it("works from coroutines, pcall and kept references", async () => {
      expect(
        await bench.print(
          'local save, load = State.save, State.load State = nil coroutine.wrap(function() save("c", "k", 5) end)() print(pcall(load, "c", "k"))',
        ),
      ).toBe("true\t5\n");
    });

    it("gives fresh tables", async () => {
      expect(
        await bench.print(
          'State.save("f", "k", {1}) local a = State.load("f", "k") a[1] = 2 print(State.load("f", "k")[1], a == State.load("f", "k"))',
        ),
      ).toBe("1\tfalse\n");
    });
  });

  describe("a refused argument", () => {
    it.each([
      [
        'State.save("a b", "k", 1)',
        /argument #1 to 'State\.save' \(namespace\): "a b" was given: it contains " "; allowed is a namespace of 1 to 255 ASCII/,
      ],
      ['State.save("", "k", 1)', /namespace\): "" was given: it is empty/],
      ['State.save("a::b", "k", 1)', /an empty segment/],
      [
        'State.load(nil, "k")',
        /argument #1 to 'State\.load' \(namespace\): nil was given; allowed is a namespace/,
      ],
      ["State.load()", /namespace\): nothing was given/],
      [
        'State.load("a")',
        /argument #2 to 'State\.load' \(key\): nothing was given; allowed is a key of 1 to 255 bytes/,
      ],
      ['State.load("a", {})', /key\): a table was given/],
      ['State.load("a", true)', /key\): a boolean was given/],
      ['State.load("a", "")', /key\): "" was given: it is empty/],
      ['State.load("a", "../b")', /it contains "\.\."/],
      ['State.load("a", "__x")', /starts with "__", which is reserved/],
      ['State.load("a", "x\\ny")', /line break/],
      ['State.load("a", "\\xff")', /a string that is not valid UTF-8 was given/],
      ['State.load("a", ("x"):rep(256))', /256 bytes long, and 255 are allowed/],
      ['State.delete("a", print)', /key\): a function was given/],
      ["State.list_keys({})", /namespace\): a table was given/],
      ['State.save("a", "k")', /argument #3 to 'State\.save' \(value\): nothing was given/],
      [
        'State.agent_get("x y", "k")',
        /argument #1 to 'State\.agent_get' \(agent_id\): "x y" was given.*'agent:ID'/,
      ],
      [
        'State.workflow_get("w", nil)',
        /argument #2 to 'State\.workflow_get' \(step\): nil was given/,
      ],
      [
        'State:save("a", "k", 1)',
        /State\.save was called with ':'.*write State\.save\(namespace, key, value\)/,
      ],
      ['State:load("a", "k")', /called with ':'/],
      [
        'State.create_backup("full")',
        /argument #1 to 'State\.create_backup' \(incremental\): "full" was given; allowed is true, false or nothing/,
      ],
      [
        "State.restore_backup()",
        /argument #1 to 'State\.restore_backup' \(backup_id\): nothing was given; allowed is a string/,
      ],
      ["State.restore_backup({})", /a table was given/],
    ])("%s is named with its place", async (call, message) => {
      const { error } = await bench.run(`local x = 1\n${call}`);
      expect(error).toMatchObject({ code: "script-error", line: 2 });
      expect(error?.message).toMatch(message);
    });

    it("can be caught, as text", async () => {
      expect(
        await bench.print('local ok, e = pcall(State.save, "", "k", 1) print(ok, type(e))'),
      ).toBe("false\tstring\n");
    });
  });

  describe("backups", () => {
    it("that fail answer so, and raise nothing", async () => {
      const output = await bench.print(`
      local r = State.restore_backup("backup_unknown") print(r.success, type(r.error), r.entries_restored)
      local r = State.restore_backup("../../etc/passwd") print(r.success, type(r.error))
      local v = State.validate_backup("backup_unknown") print(v.is_valid, #v.errors)
      local b = State.create_backup() print(b.success, type(b.error), b.backup_id)`);
      // The folder of backups of this test's store cannot be made.
      expect(output).toBe("false\tstring\tnil\nfalse\tstring\nfalse\t1\nfalse\tstring\tnil\n");
    });
  });
});
