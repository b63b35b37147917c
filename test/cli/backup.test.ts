import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

const ENTRIES = `{"namespace":"user","key":"name","value":"Ada"}
{"namespace":"user","key":"age","value":36}
`;
const KEEP_ONE = "[state]\nmax_backups = 1\n";

let space: Workspace;
beforeEach(async () => {
  space = new Workspace();
  await space.call(["import", "-"], { input: ENTRIES });
});
afterEach(() => space.remove());

async function create(...args: string[]): Promise<string> {
  const { code, answer } = await space.json("backup", "create", ...args);
  expect(code).toBe(0);
  return (answer as { id: string }).id;
}

/** Flips a bit in the middle of the largest file of a backup. */
function damage(id: string): void {
  const folder = space.path("state/backups");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes(id))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort((a, b) => statSync(b).size - statSync(a).size);
  const [file = ""] = files;
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

describe("backup", () => {
  test("create and list answer as the contract has it", async () => {
    const { answer } = await space.json("backup", "create");
    expect(answer).toEqual({
      id: expect.any(String),
      kind: "full",
      parent_id: null,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      entries: 2,
      size_bytes: expect.any(Number),
      schema_version: "1.0.0",
      verified: null,
    });
    const listed = (await space.json("backup", "list")).answer as { id: string }[];
    expect(listed.map(({ id }) => id)).toEqual([(answer as { id: string }).id]);
    expect((await space.call(["backup", "list"])).out).toContain("full");
  });

  test("diff tells what restore does, and restore says how to go back", async () => {
    const id = await create();
    await space.call(["set", "user", "name", '"Grace"']);
    await space.call(["set", "user", "later", "1"]);
    await space.call(["rm", "user", "age"]);
    const { answer: diff } = await space.json("backup", "diff", id);
    expect(diff).toMatchObject({
      changes: [
        { op: "save", key: "age", after: 36 },
        { op: "delete", key: "later", before: 1 },
        { op: "save", key: "name", before: "Grace", after: "Ada" },
      ],
    });
    const { code, answer } = await space.json("backup", "restore", id);
    expect(code).toBe(0);
    expect(answer).toEqual({
      success: true,
      entries_restored: 2,
      changed: 3,
      safety_backup_id: expect.any(String),
    });
    expect((await space.call(["get", "user", "name"])).out).toBe('"Ada"\n');
    expect((await space.call(["get", "user", "later"])).code).toBe(1);
    expect((await space.json("backup", "diff", id)).answer).toEqual({ changes: [] });

    const safety = (answer as { safety_backup_id: string }).safety_backup_id;
    const back = await space.call(["backup", "restore", safety]);
    expect(back.out).toContain("The state before is in the safety backup");
    expect((await space.call(["get", "user", "name"])).out).toBe('"Grace"\n');
  });

  test("verify says whether a backup is good", async () => {
    const id = await create();
    expect(await space.json("backup", "verify", id)).toEqual({
      code: 0,
      answer: { is_valid: true, errors: [] },
    });
    expect((await space.call(["backup", "verify", id])).out).toContain("is good");
  });

  test("a tampered backup is found, and not restored", async () => {
    const id = await create();
    damage(id);
    const { code, answer } = await space.json("backup", "verify", id);
    expect(code).toBe(1);
    expect(answer).toMatchObject({ is_valid: false, errors: [expect.any(String)] });
    await space.call(["set", "user", "name", '"Grace"']);
    const restored = await space.call(["backup", "restore", id]);
    expect(restored.code).toBe(1);
    expect(restored.err).toContain(id);
    expect(restored.err).not.toMatch(/\n\s+at /);
    expect((await space.call(["get", "user", "name"])).out).toBe('"Grace"\n');
  });

  test("a damaged state is set aside as its error says, and kept", async () => {
    const id = await create();
    space.put("state/state.db", "no database any more ".repeat(500));
    const refused = await space.call(["backup", "restore", id]);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toContain(`backup restore ${id} --set-aside`);
    const { code, answer } = await space.json("backup", "restore", id, "--set-aside");
    expect(code).toBe(0);
    expect(answer).toMatchObject({ success: true, entries_restored: 2, safety_backup_id: null });
    const { set_aside: kept } = answer as { set_aside: string };
    expect(readFileSync(kept, "utf8")).toContain("no database any more");
    expect((await space.call(["get", "user", "name"])).out).toBe('"Ada"\n');
    const again = await space.json("backup", "restore", id, "--set-aside");
    expect(again.answer).toMatchObject({ error: { code: "store-not-damaged" } });
  });

  test("a part is restored, and shown before", async () => {
    const id = await create();
    await space.call(["set", "user", "name", '"Grace"']);
    await space.call(["set", "user", "age", "40"]);
    await space.call(["set", "other", "k/1", "1"]);
    const dry = (...part: string[]) => space.json("backup", "restore", id, "--dry-run", ...part);
    expect((await dry()).answer).toHaveProperty("changes.length", 3);
    expect((await dry("--namespace", "other")).answer).toMatchObject({
      changes: [{ op: "delete", namespace: "other", key: "k/1" }],
    });
    expect((await dry("--key", "user/age", "--key=other/k/1")).answer).toMatchObject({
      changes: [{ key: "k/1" }, { key: "age", before: 40, after: 36 }],
    });
    expect((await space.call(["get", "user", "age"])).out).toBe("40\n");
    const { answer } = await space.json("backup", "restore", id, "--key", "user/age");
    expect(answer).toMatchObject({ entries_restored: 1, changed: 1 });
    expect((await space.call(["get", "user", "age"])).out).toBe("36\n");
    expect((await space.call(["get", "user", "name"])).out).toBe('"Grace"\n');
    expect((await dry("--key", "user")).code).toBe(2);
    expect((await dry("--namespace", "usr")).code).toBe(1);
  });

  test("two backups are compared, one is deleted, old ones are pruned", async () => {
    const first = await create();
    await space.call(["set", "user", "age", "40"]);
    const second = await create();
    expect((await space.json("backup", "diff", first, second)).answer).toMatchObject({
      changes: [{ key: "age", before: 36, after: 40 }],
    });
    expect((await space.json("backup", "verify", second, "--quick")).answer).toEqual({
      is_valid: true,
      errors: [],
    });
    const prune = (...args: string[]) =>
      space.call(["--config", space.put("other/keep.toml", KEEP_ONE), "backup", "prune", ...args]);
    const dry = JSON.parse((await prune("--dry-run", "--json")).out);
    expect(dry).toMatchObject({ deleted_count: 1, retained_count: 1, deleted: [first] });
    expect((await prune()).out).toContain(`deleted ${first}`);
    expect((await space.json("backup", "list")).answer).toMatchObject([{ id: second }]);
    expect(await space.json("backup", "delete", second)).toEqual({
      code: 0,
      answer: { deleted: second },
    });
    expect((await space.json("backup", "list")).answer).toEqual([]);
    expect((await space.json("backup", "delete", second)).code).toBe(1);
  });

  test("safety backups make way for the newest, and never push out one that was asked for", async () => {
    space.put("llmspell.toml", KEEP_ONE);
    const asked = await create();
    for (const value of ["1", "2", "3"]) {
      await space.call(["set", "user", "name", value]);
      expect((await space.call(["backup", "restore", asked])).code).toBe(0);
    }
    const made = (await space.json("backup", "list")).answer;
    expect(made).toMatchObject([{ kind: "full" }, { id: asked }]);
    const { out } = await space.call(["backup", "list"]);
    expect(out).toContain("before restore");
  });

  test.each([
    ["backup-that-never-was", 1],
    ["../../etc/passwd", 1],
  ])("the id %s is refused", async (id, code) => {
    for (const command of ["verify", "diff", "restore"]) {
      const result = await space.call(["backup", command, id, "--json"]);
      expect([command, result.code]).toEqual([command, code]);
      expect(JSON.parse(result.out)).toHaveProperty("error.next");
    }
  });

  test("an incremental backup without one to build on is a full one, and says so", async () => {
    const { out, err } = await space.call(["backup", "create", "--incremental", "--json"]);
    expect(JSON.parse(out)).toMatchObject({ kind: "full", parent_id: null });
    expect(err).toContain("full backup");
    const parent = (JSON.parse(out) as { id: string }).id;
    await space.call(["rm", "user", "age"]);
    const { answer } = await space.json("backup", "create", "--incremental");
    expect(answer).toMatchObject({ kind: "incremental", parent_id: parent, entries: 1 });
  });
});
