import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
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

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ["--version"]).status === 0;
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

  /** Where the shells find the built command line; what they complete with is in place. */
  async function shellWorkspace(shell: string): Promise<string> {
    for (const key of ["profile:1", "it's a key"]) await space.call(["set", "user", key, "1"]);
    space.put("bin/llmspell-state", `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
    chmodSync(space.path("bin/llmspell-state"), 0o755);
    space.put(`complete.${shell}`, (await space.call(["completion", shell])).out);
    return `${space.path("bin")}:${process.env["PATH"]}`;
  }

  test.skipIf(!isInstalled("fish"))("in fish, with files where no words are", async () => {
    const PATH = await shellWorkspace("fish");
    const script = `source complete.fish
      for line in 'get user pro' 'get user "it' 'ls --pre' 'import complete.f'
        complete -C "llmspell-state $line"
      end`;
    const environment = { PATH, HOME: space.folder };
    const { stdout } = spawnSync("fish", ["-c", script], { cwd: space.folder, env: environment });
    expect(stdout.toString()).toBe("profile:1\nit's a key\n--prefix\ncomplete.fish\n");
  });

  test.skipIf(!isInstalled("zsh"))("in zsh, as one types", async () => {
    const PATH = await shellWorkspace("zsh");
    // An inner shell on a terminal of its own; Ctrl+X writes down what stands in its line.
    space.put(
      ".zshrc",
      `autoload -Uz compinit; compinit -u -D; . ./complete.zsh
      note() { print -r -- "$BUFFER" >> noted; BUFFER= }
      zle -N note; bindkey '^X' note; print ready > noted`,
    );
    const script = `zmodload zsh/zpty zsh/zselect
      lines() { local -a all; [[ -e noted ]] && all=("\${(@f)$(<noted)}"); print $#all }
      until_lines() { while (( $(lines) < $1 )); do zpty -r -t z >/dev/null; zselect -t 2; done }
      zpty -b z zsh -i
      until_lines 1
      typeset -i n=1
      for line in 'get user pro' 'get "user" it' 'backup re' 'import compl'; do
        zpty -n -w z "llmspell-state $line"$'\t\x18'
        until_lines $((++n))
      done
      zpty -d z`;
    const env = { PATH, HOME: space.folder, ZDOTDIR: space.folder, TERM: "dumb" };
    const options = { cwd: space.folder, env, timeout: 60_000 };
    expect(spawnSync("zsh", ["-f", "-c", script], options).status).toBe(0);
    expect(
      space
        .read("noted")
        .split("\n")
        .map((line) => line.trimEnd()),
    ).toEqual([
      "ready",
      "llmspell-state get user profile:1",
      'llmspell-state get "user" it\\\'s\\ a\\ key',
      "llmspell-state backup restore",
      "llmspell-state import complete.zsh",
      "",
    ]);
  });

  test("an unknown shell is refused", async () => {
    const { code, err } = await space.call(["completion", "tcsh"]);
    expect(code).toBe(2);
    expect(err).toContain("bash, zsh or fish");
  });
});
