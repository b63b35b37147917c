import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "../../server/src/cli/cli.ts";
import { Workspace } from "./cli.ts";

let space: Workspace;
beforeEach(() => {
  space = new Workspace();
});
afterEach(() => space.remove());

interface Answer {
  readonly ok: boolean;
  readonly checks: readonly { name: string; ok: boolean; message: string }[];
}
async function ask(): Promise<{ code: number | null; failed: string[]; said: string }> {
  const { code, answer } = await space.json("doctor");
  const { ok, checks } = answer as Answer;
  expect(ok).toBe(code === 0);
  const failed = checks.filter((check) => !check.ok);
  return {
    code,
    failed: failed.map(({ name }) => name),
    said: failed.map(({ message }) => message).join("\n"),
  };
}

describe("doctor", () => {
  test("a sound store is sound, and looking makes none", async () => {
    expect(await ask()).toEqual({ code: 0, failed: [], said: "" });
    expect(readdirSync(space.folder)).toEqual([]);
    await space.call(["set", "n", "k", "1"]);
    await space.call(["backup", "create"]);
    const { code, out } = await space.call(["doctor"]);
    expect(code).toBe(0);
    for (const name of [
      "configuration",
      "runtime",
      "file-system",
      "format",
      "integrity",
      "backups",
    ]) {
      expect(out).toContain(`ok    ${name}: `);
    }
  });

  test("a wrong configuration", async () => {
    space.put("llmspell.toml", "[state]\nenabled = 3\n");
    expect(await ask()).toMatchObject({ code: 1, failed: ["configuration"] });
  });

  test("a flipped bit in a value", async () => {
    await space.call(["set", "n", "k", '"a value that is easily found"']);
    const file = space.path("state/state.db");
    const bytes = readFileSync(file);
    const at = bytes.indexOf("easily");
    expect(at).toBeGreaterThan(0);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const { code, failed, said } = await ask();
    expect([code, failed]).toEqual([1, ["integrity"]]);
    expect(said).toContain("restore");
  });

  test("a damaged value that is replaced is not told as JSON", async () => {
    await space.call(["set", "n", "k", '["a value that is easily found"]']);
    const file = space.path("state/state.db");
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('["a value')] = "x".charCodeAt(0);
    writeFileSync(file, bytes);
    const { code, answer } = await space.json("set", "n", "k", "1");
    expect(code).toBe(0);
    expect(answer).toEqual({ changes: [expect.objectContaining({ op: "save", after: 1 })] });
    expect(JSON.stringify(answer)).not.toContain("before");
  });

  test("a damaged backup", async () => {
    await space.call(["set", "n", "k", "1"]);
    const { answer } = await space.json("backup", "create");
    const { id } = answer as { id: string };
    for (const name of readdirSync(space.path("state/backups"))) {
      if (name.includes(id)) writeFileSync(space.path(`state/backups/${name}`), "{}");
    }
    const { code, failed, said } = await ask();
    expect([code, failed]).toEqual([1, ["backups"]]);
    expect(said).toContain(id);
  });

  test("a store that the configuration no longer names is pointed out", async () => {
    await space.call(["set", "n", "k", "1"]);
    space.put("llmspell.toml", "[state]\npath = 'elsewhere'\n");
    const { out, err } = await space.call(["ls", "--json"]);
    expect(out).toBe("[]\n");
    expect(err).toContain(`${space.path("state")} holds a store`);
  });

  test("interrupted, it finds nothing wrong", async () => {
    await space.call(["set", "n", "k", "1"]);
    await space.call(["backup", "create"]);
    const said: string[] = [];
    const sink = { write: (text: string) => said.push(text) };
    const code = await runCli({
      args: ["doctor", "--json"],
      cwd: space.folder,
      environment: {},
      readInput: () => Promise.resolve(new Uint8Array()),
      signal: AbortSignal.abort(),
      engineWorker: "",
      runnerWorker: "",
      out: sink,
      err: sink,
      version: "0.1.0",
    });
    expect(code).toBe(130);
    expect(JSON.parse(said.join(""))).toMatchObject({ error: { code: "interrupted" } });
  });
});
