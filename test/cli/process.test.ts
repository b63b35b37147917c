import { execFileSync, spawnSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CLI, Workspace } from "./cli.ts";

let space: Workspace;
beforeEach(() => {
  space = new Workspace();
});
afterEach(() => space.remove());

/** A Node of the system that is older than the product's floor, where there is one. */
function oldNode(): string | undefined {
  const path = "/usr/bin:/usr/local/bin";
  const found = spawnSync("sh", ["-c", "command -v node"], { env: { PATH: path } });
  const node = found.stdout.toString().trim();
  if (node === "") return undefined;
  const version = execFileSync(node, ["--version"]).toString();
  return Number(/^v(\d+)/.exec(version)?.[1]) < 22 ? node : undefined;
}

describe("the process", () => {
  test.skipIf(oldNode() === undefined)("an old Node says which one is needed", async () => {
    const node = oldNode() ?? "";
    const plain = await space.call(["ls"], { node });
    expect([plain.code, plain.out]).toEqual([2, ""]);
    expect(plain.err).toContain("Use Node 22.23.3 or newer of 22, or 24.17 or newer");
    expect(plain.err).not.toMatch(/\n\s+at /);
    const json = await space.call(["ls", "--json"], { node });
    expect(json.code).toBe(2);
    expect(JSON.parse(json.out)).toHaveProperty("error.code", "unsupported-runtime");
  });

  test("a reader that leaves early is no failure", () => {
    for (let index = 0; index < 3; index++) {
      space.put(`${index}.lua`, 'State.save("user name", "profile:name", 1)\n'.repeat(3000));
    }
    const line = `'${process.execPath}' '${CLI}' check --format github | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", line], { cwd: space.folder });
    expect(stdout.toString()).toMatch(/^::error .*\n[01]\n$/);
    expect(stderr.toString()).toBe("");
  });

  test("standard error is silent when all is well", async () => {
    expect((await space.call(["set", "n", "k", "1"])).err).toBe("");
    expect((await space.call(["get", "n", "k"])).err).toBe("");
  });
});

describe("completion", () => {
  async function offered(line: string): Promise<string[]> {
    const { code, out } = await space.call(["__complete", "bash", `llmspell-state ${line}`]);
    expect(code).toBe(0);
    return out.split("\n").slice(0, -1);
  }

  test("of commands, options and values", async () => {
    expect(await offered("")).toContain("backup");
    expect(await offered("backup re")).toEqual(["restore"]);
    expect(await offered("--json back")).toEqual(["backup"]);
    expect(await offered("ls --p")).toEqual(["--prefix"]);
    expect(await offered("check --format s")).toEqual(["sarif"]);
    expect(await offered("completion ")).toEqual(["bash", "zsh", "fish"]);
  });

  test("of namespaces, keys and backups, quoted for the shell", async () => {
    for (const key of ["profile:1", "profile:2", "it's a key"]) {
      await space.call(["set", "user", key, "1"]);
    }
    const { answer } = await space.json("backup", "create");
    expect(await offered("ls u")).toEqual(["user"]);
    expect(await offered("get user pro")).toEqual(["profile:1", "profile:2"]);
    expect(await offered("get user it\\'s")).toEqual(["it\\'s\\ a\\ key"]);
    expect(await offered("get user \"it's")).toEqual(["it\\'s\\ a\\ key"]);
    expect(await offered("backup verify ")).toEqual([(answer as { id: string }).id]);
    expect(await offered(`--workspace ${space.path("none")} ls `)).toEqual([]);
  });

  test("in bash, where a colon ends a word", async () => {
    await space.call(["set", "user", "profile:1", "1"]);
    const { out } = await space.call(["completion", "bash"]);
    space.put("complete.sh", out);
    const script = `
      llmspell-state() { '${process.execPath}' '${CLI}' "$@"; }
      . ./complete.sh
      COMP_LINE='llmspell-state get user profile:' COMP_POINT=\${#COMP_LINE}
      _llmspell_state; printf '%s\\n' "\${COMPREPLY[@]}"
      COMP_LINE='llmspell-state get us' COMP_POINT=\${#COMP_LINE}
      _llmspell_state; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync("bash", ["-c", script], { cwd: space.folder });
    expect(stdout.toString()).toBe("1\nuser\n");
  });

  test("an unknown shell is refused", async () => {
    const { code, err } = await space.call(["completion", "tcsh"]);
    expect(code).toBe(2);
    expect(err).toContain("bash, zsh or fish");
  });
});
