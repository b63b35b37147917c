/**
 * What a million stored entries (LLMSPELL_BENCH_ENTRIES sets another count) cost the language server
 * in memory: its resident size after the same questions, without a store and with that one.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";
import { fill, nameOf } from "./fill.ts";
import { benchFolder, line, NAMESPACES, quantile, storeOptions } from "./support.ts";

const ENTRIES = Number(process.env["LLMSPELL_BENCH_ENTRIES"] ?? 1_000_000);
const ROUNDS = 3;
const SERVER = new URL("../../dist/server.cjs", import.meta.url).pathname;

/** Resident size of a process and its threads, in MB. */
function residentMb(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Everything the tree can show of the store, one page per namespace, and a few values. */
async function browse(connection: MessageConnection): Promise<void> {
  const stores = await connection.sendRequest<readonly { store: string }[]>(
    "llmspellState/stores",
    {},
  );
  const store = stores[0]?.store;
  await connection.sendRequest("llmspellState/namespaces", { store });
  for (let n = 0; n < NAMESPACES; n++) {
    const [namespace, key] = nameOf(n);
    await connection.sendRequest("llmspellState/entries", { store, namespace, limit: 100 });
    await connection.sendRequest("llmspellState/read", { store, namespace, key }).catch(() => {});
  }
}

async function measure(workspace: string): Promise<number> {
  const child = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "ignore"] });
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onRequest(() => null);
  connection.listen();
  const uri = pathToFileURL(workspace).href;
  await connection.sendRequest("initialize", {
    processId: process.pid,
    rootUri: uri,
    capabilities: {},
    workspaceFolders: [{ uri, name: "bench" }],
  });
  await connection.sendNotification("initialized", {});
  await browse(connection);
  const size = residentMb(child);
  await connection.sendRequest("shutdown");
  connection.dispose();
  child.kill();
  return size;
}

const { path: root, remove } = benchFolder();
try {
  const empty = join(root, "empty");
  mkdirSync(empty);
  await fill(storeOptions(join(root, "full"), "state", 0), ENTRIES);
  const differences: number[] = [];
  const sizes: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const without = await measure(empty);
    const stored = await measure(join(root, "full"));
    differences.push(stored - without);
    sizes.push(without);
  }
  line(`language server, MB (${ENTRIES} entries stored)`, "empty", "more");
  line("(goal: under 100 more)", quantile(sizes, 0.5), quantile(differences, 0.5));
} finally {
  remove();
}
