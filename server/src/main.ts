import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";

const USAGE = `llmspell-state-language-server: LSP for Lua scripts that use llmspell's State

Usage: llmspell-state-language-server --stdio | --node-ipc | --socket=PORT | --pipe=NAME
`;

const transports = ["--stdio", "--node-ipc", "--socket", "--pipe"];
const named = process.argv.some((argument) =>
  transports.some((transport) => argument === transport || argument.startsWith(`${transport}=`)),
);

/**
 * Every letter typed leaves a whole script model behind. By itself V8 would rather grow than clean up:
 * a long script that is typed in took 140 MB more, for no CPU time less. Editors built on Electron
 * start the process with V8 settings of their own, which are left alone.
 */
function cleanUpSoon(): void {
  if (process.versions["electron"] !== undefined) return;
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=30");
  // Else what many models have had in use for a while is put among what stays from its beginning, and
  // keeps all that it names.
  setFlagsFromString("--no-allocation-site-pretenuring");
  if (Number.parseInt(process.versions.v8, 10) < 13) return;
  // Else 16 MB of garbage may pile up beside what is in use, however little that is.
  setFlagsFromString("--memory-saver-mode");
  // Else what is new is not cleaned up while V8 marks what is old: 2 MB for it became 15. Older ones do both.
  setFlagsFromString("--no-separate-gc-phases");
}

/** The user's own folder for caches: nobody else may write there. undefined: not known. */
function cacheFolder({ env, platform } = process): string | undefined {
  if (platform === "win32") return env["LOCALAPPDATA"];
  if (platform === "darwin") return join(homedir(), "Library", "Caches");
  return env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
}

/** Keeps what V8 made of the server's code for the next start. */
function startFaster(): void {
  const folder = cacheFolder();
  // Old runtimes have no such cache; they are told later which one is needed.
  if (folder !== undefined) enableCompileCache?.(join(folder, "llmspell-state", "code"));
}

async function serve(): Promise<void> {
  startFaster();
  const { startServer } = await import("./server.ts");
  // Not before: while code is loaded, cleaning up takes time and finds nothing.
  cleanUpSoon();
  startServer({
    variables: process.env,
    engineWorker: join(__dirname, "engine-worker.cjs"),
    runnerWorker: join(__dirname, "runner-worker.cjs"),
    scriptsWorker: join(__dirname, "scripts-worker.cjs"),
  });
}

if (named) {
  void serve();
} else {
  const asked = process.argv.includes("--help");
  (asked ? process.stdout : process.stderr).write(USAGE);
  process.exitCode = asked ? 0 : 2;
}
