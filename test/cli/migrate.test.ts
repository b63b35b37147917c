import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

let space: Workspace;
beforeEach(async () => {
  space = new Workspace();
  await space.call(["set", "user", "profile:7", '{"nick":"Ada"}']);
  space.put("migrations/1.0.0__1.1.0.toml", rename("nick", "name"));
  space.put("migrations/1.1.0__2.0.0.toml", rename("name", "display_name"));
});
afterEach(() => space.remove());

function rename(field: string, to: string): string {
  return `description = "${field} becomes ${to}"
[[step]]
action = "rename-field"
namespace = "user"
field = "${field}"
to = "${to}"
`;
}

describe("migrate and schema", () => {
  test("schema says where the state stands and where migrations lead", async () => {
    expect(await space.json("schema")).toEqual({
      code: 0,
      answer: {
        current_version: "1.0.0",
        versions: ["1.0.0", "1.1.0", "2.0.0"],
        path: ["1.0.0", "1.1.0", "2.0.0"],
        latest_version: "2.0.0",
        configured_version: "1.0.0",
        targets: ["1.1.0", "2.0.0"],
        history: [],
      },
    });
    space.put("llmspell.toml", "[state]\nschema_version = '1.1.0'\n");
    expect((await space.json("schema")).answer).toHaveProperty("path", ["1.0.0", "1.1.0"]);
    expect((await space.call(["schema"])).out).toContain("migrations to go: 1.0.0 -> 1.1.0");
  });

  test("a dry run shows every step and change, and changes nothing", async () => {
    const { code, answer } = await space.json("migrate", "2.0.0", "--dry-run");
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      success: true,
      from_version: "1.0.0",
      to_version: "2.0.0",
      items_migrated: 1,
      error: null,
      steps: [
        {
          file: "1.0.0__1.1.0.toml",
          description: "nick becomes name",
          changed: 1,
          samples: [{ before: { value: { nick: "Ada" } }, after: { value: { name: "Ada" } } }],
        },
        { file: "1.1.0__2.0.0.toml" },
      ],
      changes: [{ key: "profile:7", before: { nick: "Ada" }, after: { display_name: "Ada" } }],
    });
    expect((await space.json("schema")).answer).toHaveProperty("current_version", "1.0.0");
    expect((await space.call(["migrate", "2.0.0", "--dry-run"])).out).toContain(
      "1 entry would change",
    );
  });

  test("migrating says what was done and where the state before is", async () => {
    const { code, answer } = await space.json("migrate", "2.0.0");
    expect(code).toBe(0);
    expect(answer).toEqual({
      success: true,
      status: "completed",
      from_version: "1.0.0",
      to_version: "2.0.0",
      items_migrated: 1,
      duration_ms: expect.any(Number),
      error: null,
      backup_id: expect.any(String),
    });
    expect((await space.call(["get", "user", "profile:7"])).out).toContain("display_name");
    expect((await space.json("schema")).answer).toMatchObject({
      current_version: "2.0.0",
      path: ["2.0.0"],
      history: [{ from: "1.0.0", to: "2.0.0" }],
    });
    await space.call(["backup", "restore", (answer as { backup_id: string }).backup_id]);
    expect((await space.json("schema")).answer).toHaveProperty("current_version", "1.0.0");
    expect((await space.call(["migrate", "1.0.0"])).out).toContain("already");
  });

  test.each([
    ["2.x", 2],
    ["3.0.0", 1],
  ])("the version %s is refused", async (version, code) => {
    for (const args of [[version], [version, "--dry-run"]]) {
      const result = await space.json("migrate", ...args);
      expect(result.code).toBe(code);
      expect(result.answer).toHaveProperty("error.next");
    }
  });

  test("a mistake in a file is named, and nothing is changed", async () => {
    space.put("migrations/1.1.0__2.0.0.toml", '[[step]]\naction = "rename-feild"\n');
    const { code, err } = await space.call(["migrate", "2.0.0"]);
    expect(code).toBe(1);
    expect(err).toContain("1.1.0__2.0.0.toml");
    expect(err).toContain("rename-field");
    expect((await space.json("schema")).answer).toHaveProperty("current_version", "1.0.0");
  });

  test("migrations in Lua take part, in their sandbox", async () => {
    space.put(
      "migrations/2.0.0__3.0.0.lua",
      `return function(entry)
  assert(State == nil and io.open == nil)
  entry.value.letters = #entry.value.display_name
  return entry
end`,
    );
    expect((await space.json("migrate", "3.0.0")).answer).toMatchObject({ success: true });
    expect((await space.json("get", "user", "profile:7")).answer).toMatchObject({
      value: { display_name: "Ada", letters: 3 },
    });
  });

  test("a migration in Lua that fails says where, and nothing is changed", async () => {
    space.put("migrations/2.0.0__3.0.0.lua", "return function(entry)\n  return entry.x.y\nend");
    const { code, err } = await space.call(["migrate", "3.0.0"]);
    expect(code).toBe(1);
    expect(err).toContain("2.0.0__3.0.0.lua:2: attempt to index a nil value");
    expect(err).toContain("user/profile:7");
    expect((await space.json("schema")).answer).toHaveProperty("current_version", "1.0.0");
  });

  test("a script migrates, also through Lua", async () => {
    space.put("migrations/2.0.0__3.0.0.lua", "return function(entry) return nil end");
    const script = 'local r = State.migrate("3.0.0") print(r.success, r.to_version, r.error)';
    const { code, answer } = await space.json("run", space.put("up.lua", script));
    expect(answer).toMatchObject({ ok: true, output: "true\t3.0.0\tnil\n" });
    expect(answer).toMatchObject({ changes: [{ op: "delete", key: "profile:7" }] });
    expect(code).toBe(0);
  });
});
