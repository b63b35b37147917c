import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const SERVER = join(import.meta.dirname, "../../dist/server.cjs");

function message(content: object): string {
  const body = JSON.stringify({ jsonrpc: "2.0", ...content });
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** What a server first answers that is started and ended by a user with this home. */
async function startAndEnd(home: string): Promise<string> {
  const folders = { HOME: home, USERPROFILE: home, XDG_CACHE_HOME: home, LOCALAPPDATA: home };
  const env = { ...process.env, ...folders, NODE_DISABLE_COMPILE_CACHE: undefined };
  const server = spawn(process.execPath, [SERVER, "--stdio"], { env });
  const ended = once(server, "exit");
  const params = { processId: null, rootUri: null, capabilities: {} };
  server.stdin.write(message({ id: 1, method: "initialize", params }));
  let answer = "";
  for await (const chunk of server.stdout) {
    answer += chunk;
    if (answer.includes("serverInfo")) break;
  }
  server.stdin.write(message({ id: 2, method: "shutdown" }) + message({ method: "exit" }));
  await ended;
  return answer;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "llmspell-cache-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("what V8 made of the server's code is kept in the user's folder for caches", async () => {
  const home = temporaryFolder();
  expect(await startAndEnd(home)).toContain('"hoverProvider":true');
  const kept = readdirSync(home, { recursive: true, withFileTypes: true });
  const files = kept.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0);
  for (const { parentPath } of files) expect(parentPath).toContain(join("llmspell-state", "code"));
  expect(await startAndEnd(home)).toContain('"hoverProvider":true');
});

test("a user without such a folder is served all the same", async () => {
  const file = join(temporaryFolder(), "a file");
  writeFileSync(file, "");
  expect(await startAndEnd(file)).toContain('"hoverProvider":true');
});
