import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Workspace } from "./cli.ts";

const ENTRIES = `{"namespace":"user","key":"name","value":"Ada"}
{"namespace":"user","key":"age","value":36.0}
{"namespace":"cache","key":"api:users","value":[{}]}
`;

let space: Workspace;
let other: Workspace;
beforeEach(async () => {
  space = new Workspace();
  other = new Workspace();
  await space.call(["import", "-"], { input: ENTRIES });
});
afterEach(() => {
  space.remove();
  other.remove();
});

describe("export and import", () => {
  test("export prints JSON lines as the contract has it", async () => {
    const { code, out } = await space.call(["export"]);
    expect(code).toBe(0);
    const lines = out.split("\n").slice(0, -1);
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(
      [
        ["cache", "api:users", [{}], 3],
        ["user", "age", 36, 2],
        ["user", "name", "Ada", 1],
      ].map(([namespace, key, value, revision]) => ({
        namespace,
        key,
        value,
        revision,
        created_at: time,
        updated_at: time,
      })),
    );
    expect(lines[1]).toContain('"value":36.0,');
    expect((await space.call(["export", "--json"])).out).toBe(out);
    expect((await space.call(["export", "cache", "none"])).out).toBe(`${lines[0]}\n`);
    expect((await other.call(["export"])).out).toBe("");
  });

  test("what was exported is imported as it was, times too", async () => {
    const { out } = await space.call(["export"]);
    const file = other.put("state.jsonl", out);
    const { code, answer } = await other.json("import", file);
    expect(code).toBe(0);
    expect(answer).toMatchObject({
      changes: [{ op: "save", after: [{}], revision: 1, origin: `import:${file}` }, {}, {}],
      safety_backup_id: null,
    });
    const withoutRevision = (text: string) => text.replaceAll(/"revision":\d+,/g, "");
    expect(withoutRevision((await other.call(["export"])).out)).toBe(withoutRevision(out));
    expect((await other.json("import", file)).answer).toMatchObject({ changes: [] });
  });

  test("merge keeps, replace deletes, both after a backup, and a dry run does neither", async () => {
    const line = '{"namespace":"user","key":"name","value":"Grace"}\n';
    const file = space.put("in.jsonl", `\uFEFF${line}\n`);
    const merged = { changes: [{ op: "save", key: "name", before: "Ada", after: "Grace" }] };
    const removed = [
      { op: "delete", key: "api:users" },
      { op: "delete", key: "age", before: 36 },
    ];
    expect((await space.json("import", file, "--dry-run")).answer).toMatchObject(merged);
    expect((await space.json("import", file, "--dry-run", "--replace")).answer).toMatchObject({
      changes: [...merged.changes, ...removed],
    });
    expect((await space.call(["get", "user", "name"])).out).toBe('"Ada"\n');
    const { answer } = await space.json("import", file, "--merge");
    expect(answer).toMatchObject({ ...merged, safety_backup_id: expect.any(String) });
    expect((await space.call(["get", "user", "age"])).out).toBe("36.0\n");
    expect((await space.call(["import", "-", "--replace"], { input: line })).out).toContain(
      "What was there is in the backup",
    );
    expect((await space.json("ls")).answer).toMatchObject([{ namespace: "user", keys: 1 }]);
    expect((await space.json("import", file, "--merge", "--replace")).code).toBe(2);
  });

  test.each([
    ["no JSON", "nope", ":2: "],
    ["no object", "[1]", ":2: an object"],
    ["no value", '{"namespace":"n","key":"k"}', ':2: the field "value" is missing'],
    ["null", '{"namespace":"n","key":"k","value":{"a":null}}', "null"],
    ["a bad name", '{"namespace":"n n","key":"k","value":1}', ':2: The namespace "n n"'],
    ["a number for a name", '{"namespace":"n","key":5,"value":1}', '"key" must be a string'],
    ["a double", '{"namespace":"user","key":"x","value":2}', "is there twice"],
    ["no time", '{"namespace":"n","key":"k","value":1,"created_at":"x"}', '"created_at"'],
  ])("%s: the line is named, and nothing is imported", async (_, line, says) => {
    const file = space.put("in.jsonl", `{"namespace":"user","key":"x","value":1}\n${line}\n`);
    const { code, err } = await space.call(["import", file]);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(err).toContain("Nothing was imported");
    expect((await space.call(["get", "user", "x"])).code).toBe(1);
  });

  test("a file that is not there", async () => {
    expect((await space.call(["import", "nowhere"])).code).toBe(2);
  });

  test("any state is carried from one store to another", async () => {
    const runs = process.env["LLMSPELL_LONG"] === undefined ? 2 : 100;
    const name = fc
      .stringMatching(/^[a-z][a-z0-9:]{0,6}[a-z]$/)
      .filter((text) => !text.includes("::"));
    const value = fc.json().filter((text) => !text.includes("null"));
    const key = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
      .filter((text) => !/\.\.|\\|\/\/|[\0\r\n]|^__|^\$\$/.test(text.normalize("NFC")));
    const state = fc.uniqueArray(fc.tuple(name, key, value), {
      selector: ([namespace, named]) => JSON.stringify([namespace, named.normalize("NFC")]),
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(state, async (entries) => {
        const lines = entries.map(
          ([namespace, named, text]) =>
            `{"namespace":"${namespace}","key":${JSON.stringify(named)},"value":${text}}\n`,
        );
        await space.call(["import", "-", "--replace"], { input: lines.join("") });
        const { out } = await space.call(["export"]);
        await other.call(["import", "-", "--replace"], { input: out });
        const bare = (text: string) => text.replaceAll(/"revision":\d+,/g, "");
        expect(bare((await other.call(["export"])).out)).toBe(bare(out));
        expect(out.split("\n")).toHaveLength(entries.length + 1);
      }),
      { numRuns: runs, seed: 20_261_122 },
    );
  });
});

describe("rs-llmspell's own store", () => {
  const TABLE = `CREATE TABLE kv_store(kv_id TEXT PRIMARY KEY, tenant_id TEXT NOT NULL, key TEXT NOT NULL,
    value BLOB NOT NULL, metadata TEXT, created_at INTEGER, updated_at INTEGER, UNIQUE(tenant_id, key))`;

  /** A file as rs-llmspell writes it: WAL, values as JSON in a BLOB. */
  function llmspellStore(rows: Readonly<Record<string, string>>, tenant = "system"): string {
    const file = space.path("llmspell.db");
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA journal_mode = WAL; ${TABLE}`);
    const insert = database.prepare("INSERT INTO kv_store VALUES (?, ?, ?, ?, NULL, ?, ?)");
    const time = '"timestamp":{"secs_since_epoch":1764000000,"nanos_since_epoch":123456789}';
    for (const [name, value] of Object.entries(rows)) {
      const text = `{"key":${JSON.stringify(name)},"value":${value},${time},"schema_version":1}`;
      insert.run(name, tenant, `state:${name}`, Buffer.from(text), 1763000000, 1764000000);
    }
    insert.run("other", "system", "cache:x", Buffer.from("\u0000"), 0, 0);
    database.close();
    return file;
  }

  test("is imported exactly, with its times, and not written to", async () => {
    const file = llmspellStore({
      "custom::user:preferences": '{"theme":"dark","size":3.0}',
      "custom::user:profile:7": "9007199254740993",
      "custom::agent:bot:memory": "[1]",
      "custom::global:version": '"1.0.0"',
      "user:alice:note": '"from Rust"',
      "custom:mine:a:b": "true",
    });
    const before = readFileSync(file);
    const files = readdirSync(space.folder);
    const { code } = await other.call(["import", file]);
    expect(code).toBe(0);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(space.folder)).toEqual(files);
    const lines = (await other.call(["export"])).out.split("\n").slice(0, -1);
    expect(lines.map((line) => line.replace(/,"revision".*/, "}"))).toEqual([
      '{"namespace":"agent:bot","key":"memory","value":[1]}',
      '{"namespace":"global","key":"version","value":"1.0.0"}',
      '{"namespace":"mine","key":"a:b","value":true}',
      '{"namespace":"user","key":"preferences","value":{"theme":"dark","size":3.0}}',
      '{"namespace":"user","key":"profile:7","value":9007199254740993}',
      '{"namespace":"user:alice","key":"note","value":"from Rust"}',
    ]);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      created_at: "2025-11-13T02:13:20.000Z",
      updated_at: "2025-11-24T16:00:00.123Z",
    });
  });

  test("what cannot be stored here is named, and nothing is imported", async () => {
    const file = llmspellStore({ "custom::user:a": "1", "custom::user:b": "null" });
    const { code, err } = await other.call(["import", file]);
    expect(code).toBe(2);
    expect(err).toContain("state:custom::user:b");
    expect((await other.call(["export"])).out).toBe("");
  });

  test("rows of others are left alone, and another database is refused", async () => {
    const file = llmspellStore({ "custom::user:a": "1" }, "tenant-7");
    expect((await other.json("import", file)).answer).toMatchObject({ changes: [] });
    const { code, err } = await other.call(["import", space.path("state/state.db")]);
    expect(code).toBe(2);
    expect(err).toContain("neither JSON lines nor a store of rs-llmspell");
  });
});
