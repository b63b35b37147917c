import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createBackup } from "../../../server/src/engine/backup/create.ts";
import { printEntry } from "../../../server/src/engine/backup/lines.ts";
import { contents } from "./stores.ts";
import { workspace } from "./support.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/backup-format.md"), "utf8");

/** The page's blocks of one language, in order. */
function blocks(language: string): readonly string[] {
  return [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text = ""]) =>
    name === language ? [text] : [],
  );
}

function run(commands: string, folder: string, id: string): string {
  return execFileSync("bash", ["-euo", "pipefail", "-c", commands], {
    cwd: folder,
    env: { ...process.env, ID: id },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function hasTools(): boolean {
  try {
    execFileSync("bash", ["-c", "zstd --version && jq --version && sha256sum --version"], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

it.skipIf(!hasTools())("the page's commands do what the page says", async () => {
  const { store, place } = workspace();
  await store.save("cli", "user", "preferences", '{"theme":"it\'s dark"}');
  await store.save("cli", "app", "config", "[1,true]");
  const { id } = await createBackup(store, place, { incremental: false, reason: "asked" });
  const [show = "", value = "", check = "", commands = ""] = blocks("sh");
  expect(run(show, place.folder, id)).toContain('["app","config"]\n["user","preferences"]\n');
  expect(run(value, place.folder, id)).toBe('{"theme":"it\'s dark"}\n');
  expect(run(check, place.folder, id)).toBe(`${id}.jsonl.zst: OK\n`);
  expect(run(commands, place.folder, id)).toBe(
    `llmspell-state set 'app' 'config' '[1,true]'\nllmspell-state set 'user' 'preferences' '{"theme":"it'\\''s dark"}'\n`,
  );
  const restored = run(
    `llmspell-state() { printf '%s|' "$@"; }\n${`eval "$(${commands.trim()})"`}`,
    place.folder,
    id,
  );
  expect(restored).toBe(`set|app|config|[1,true]|set|user|preferences|{"theme":"it's dark"}|`);
  appendFileSync(join(place.folder, `${id}.jsonl.zst`), "x");
  expect(() => run(check, place.folder, id)).toThrow("did NOT match");
});

it("the page's fields and line are those that are written", async () => {
  const { store, place } = workspace();
  await store.save("script:chat.lua", "user", "preferences", '{"theme":"dark","size":1.0}');
  const { id } = await createBackup(store, place, { incremental: false, reason: "asked" });
  const manifest: object = JSON.parse(readFileSync(join(place.folder, `${id}.json`), "utf8"));
  const section = page.slice(page.indexOf("## The manifest"), page.indexOf("## The lines"));
  const documented = [...section.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, names = ""]) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(documented).toEqual(Object.keys(manifest));
  const [entry] = await contents(store);
  const times = { revision: 41, createdAt: 1795372200000, updatedAt: 1795372260000 };
  expect(entry && printEntry({ ...entry, ...times })).toBe(blocks("json")[0]);
});
