import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findWorkspaceFolder, loadConfiguration } from "../../server/src/config/load.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "llmspell-config-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}
function load(options: { explicitFile?: string; trusted?: boolean } = {}) {
  return loadConfiguration({ workspaceFolder: folder, environment: {}, trusted: true, ...options });
}

describe("discovery", () => {
  test("takes the first of the four files", async () => {
    const names = [
      ".config/llmspell.toml",
      "config/llmspell.toml",
      ".llmspell.toml",
      "llmspell.toml",
    ];
    for (const name of names) {
      const file = put(name, `[state]\npath = '${name}'`);
      const { configuration } = await load();
      expect(configuration?.file).toBe(file);
      expect(configuration?.path).toBe(join(folder, name));
    }
  });

  test("without a file everything is on, at the defaults", async () => {
    const { file, configuration, problems } = await load();
    expect(file).toBeUndefined();
    expect(problems).toEqual([]);
    expect(configuration).toMatchObject({
      path: join(folder, "state"),
      migrationEnabled: true,
      backupEnabled: true,
    });
  });

  test("an explicit file is used instead, relative to the workspace folder", async () => {
    put("llmspell.toml", "[state]\npath = 'a'");
    put("other/x.toml", "[state]\npath = 'b'");
    const { configuration } = await load({ explicitFile: "other/x.toml" });
    expect(configuration?.path).toBe(join(folder, "b"));
  });

  test("the workspace folder is found upwards", async () => {
    const deep = join(folder, "a", "b");
    mkdirSync(deep, { recursive: true });
    expect(await findWorkspaceFolder(deep)).toBe(deep);
    put("config/llmspell.toml", "");
    expect(await findWorkspaceFolder(deep)).toBe(folder);
    expect(await findWorkspaceFolder(join(folder, "config"))).toBe(folder);
    put("a/.llmspell.toml", "");
    expect(await findWorkspaceFolder(deep)).toBe(join(folder, "a"));
  });
});

describe("a file that cannot be used says why", () => {
  async function problem(options: { explicitFile?: string } = {}) {
    const { configuration, problems } = await load(options);
    expect(configuration).toBeUndefined();
    expect(problems).toHaveLength(1);
    return problems[0];
  }

  test("a folder", async () => {
    mkdirSync(join(folder, "llmspell.toml"));
    put("config/llmspell.toml", "");
    expect((await problem())?.message).toContain("llmspell.toml is a folder");
  });

  test.skipIf(process.platform === "win32")("a pipe, which nobody writes to", async () => {
    execFileSync("mkfifo", [join(folder, "llmspell.toml")]);
    expect((await problem())?.message).toContain("it is a pipe");
  });

  test("not UTF-8", async () => {
    put("llmspell.toml", Uint8Array.of(0x61, 0x3d, 0x22, 0xff, 0x22));
    expect((await problem())?.message).toContain("is not UTF-8 text");
  });

  test("a name that leads nowhere", async () => {
    symlinkSync("nowhere", join(folder, "llmspell.toml"));
    expect((await problem())?.message).toContain("does not exist");
    expect((await problem({ explicitFile: "no.toml" }))?.message).toContain("no.toml");
  });

  test.skipIf(process.getuid?.() === 0)("one that may not be read", async () => {
    chmodSync(put("llmspell.toml", ""), 0);
    expect((await problem())?.message).toContain("permission denied");
  });
});

describe("an untrusted workspace", () => {
  test("may not lead outside by a symbolic link", async () => {
    const outside = mkdtempSync(join(tmpdir(), "llmspell-outside-"));
    symlinkSync(outside, join(folder, "link"));
    put("llmspell.toml", "[state]\npath = 'link/state'");
    const { configuration, problems } = await load({ trusted: false });
    expect(configuration).toBeUndefined();
    expect(problems[0]?.message).toContain("outside the workspace");
    expect((await load()).configuration?.path).toBe(join(folder, "link/state"));
    put("llmspell.toml", "");
    expect((await load({ trusted: false })).problems).toEqual([]);
    writeFileSync(join(outside, "other.db"), "");
    mkdirSync(join(folder, "state"));
    symlinkSync(join(outside, "other.db"), join(folder, "state", "state.db"));
    const linked = await load({ trusted: false });
    expect(linked.configuration).toBeUndefined();
    expect(linked.problems[0]?.message).toContain("state.db leads to");
    rmSync(outside, { recursive: true });
  });

  test("has its default folders and those inside it", async () => {
    expect((await load({ trusted: false })).configuration?.path).toBe(join(folder, "state"));
    put("llmspell.toml", "[state]\npath = 'deep/er/state'");
    expect((await load({ trusted: false })).problems).toEqual([]);
  });
});
