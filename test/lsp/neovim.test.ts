import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { cli } from "./cli.ts";

const SERVER = join(import.meta.dirname, "../../dist/server.cjs");
const present = spawnSync("nvim", ["--version"]).status === 0;
if (!present) {
  if (process.env["CI"]) throw new Error("CI must test with neovim: apt-get install neovim");
  console.warn("SKIPPED: neovim is not installed, so the server is not tried with it.");
}

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "llmspell-state-nvim-")));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Question {
  readonly file: string;
  /** 0-based */
  readonly line: number;
  readonly character: number;
  readonly method: string;
  /** Further parameters. */
  readonly extra?: object;
  /** Asked again until the answer has this text: scripts are read in the background. */
  readonly until?: string;
}

/** What neovim's own language client gets from the server. */
function ask(questions: readonly Question[]): { result: unknown }[] {
  const out = join(folder, "answers.json");
  const script = join(import.meta.dirname, "neovim.lua");
  execFileSync(
    "nvim",
    ["--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", `luafile ${script}`],
    {
      env: {
        ...process.env,
        HOME: folder,
        XDG_STATE_HOME: folder,
        XDG_CACHE_HOME: folder,
        SERVER: JSON.stringify([process.execPath, SERVER, "--stdio"]),
        FOLDER: folder,
        OUT: out,
        REQUESTS: JSON.stringify(questions),
      },
      stdio: ["ignore", "ignore", "ignore"],
      timeout: 60_000,
    },
  );
  return JSON.parse(readFileSync(out, "utf8"));
}

it.runIf(present)("gives neovim completion and hover from stored data", () => {
  cli(folder, "set", "user", "preferences", '{"theme":"dark"}');
  writeFileSync(join(folder, "a.lua"), 'local p = State.load("user", "preferences")\n');
  writeFileSync(join(folder, "b.lua"), 'local p = State.load("user", "")\n');
  const [hover, completion] = ask([
    { file: "a.lua", line: 0, character: 32, method: "textDocument/hover" },
    { file: "b.lua", line: 0, character: 30, method: "textDocument/completion" },
  ]);
  expect(JSON.stringify(hover?.result)).toContain('theme = \\"dark\\"');
  expect(completion?.result).toMatchObject({
    items: expect.arrayContaining([expect.objectContaining({ label: "preferences" })]),
  });
});

it.runIf(present)("gives neovim definition, references and rename over several scripts", () => {
  writeFileSync(join(folder, "a.lua"), 'State.save("user", "theme", "dark")\n');
  writeFileSync(join(folder, "b.lua"), 'print(State.load("user", "theme"))\n');
  const at = { file: "b.lua", line: 0, character: 28 };
  const [definition, references, rename] = ask([
    { ...at, method: "textDocument/definition", until: "a.lua" },
    {
      ...at,
      method: "textDocument/references",
      extra: { context: { includeDeclaration: true } },
    },
    { ...at, method: "textDocument/rename", extra: { newName: "colour" } },
  ]);
  const where = (name: string) => pathToFileURL(join(folder, name)).href;
  expect(definition?.result).toMatchObject([
    { uri: where("a.lua"), range: { start: { line: 0, character: 20 } } },
  ]);
  expect(references?.result).toMatchObject([{ uri: where("a.lua") }, { uri: where("b.lua") }]);
  const { changes, documentChanges } = (rename?.result ?? {}) as {
    changes?: Record<string, { newText: string }[]>;
    documentChanges?: { textDocument: { uri: string }; edits: { newText: string }[] }[];
  };
  const edited = new Map([
    ...Object.entries(changes ?? {}),
    ...(documentChanges ?? []).map(({ textDocument, edits }) => [textDocument.uri, edits] as const),
  ]);
  expect([...edited.keys()].sort()).toEqual([where("a.lua"), where("b.lua")]);
  for (const [edit, ...more] of edited.values()) {
    expect(edit?.newText).toBe("colour");
    expect(more).toEqual([]);
  }
});
