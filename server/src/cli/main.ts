import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { addAbortSignal } from "node:stream";
import { StateError, toProblem } from "../../../shared/src/errors.ts";
import { checkRuntime, currentRuntime } from "../engine/sqlite/driver.ts";
import { Output } from "./output.ts";
import { reportProblem } from "./report.ts";

/** Milliseconds that interrupted work has to stop by itself. */
const GRACE = 2000;

/**
 * The process entry. The runtime is judged before anything else is loaded, so that an old Node says
 * which one is needed.
 */
async function main(): Promise<void> {
  // A reader that has seen enough (`| head`) is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      if (stream === process.stdout) {
        writeSync(2, `llmspell-state: The output cannot be written: ${error.message}.\n`);
      }
      process.exit(1);
    });
  }
  let cwd: string;
  try {
    checkRuntime(currentRuntime());
    cwd = currentFolder();
  } catch (error) {
    const json = process.argv.includes("--json");
    reportProblem(toProblem(error), new Output(json, process.stdout, process.stderr));
    process.exitCode = 2;
    return;
  }
  const { runCli } = await import("./cli.ts");
  const interrupt = new AbortController();
  const stop = () => {
    if (interrupt.signal.aborted) process.exit(130);
    interrupt.abort();
    setTimeout(() => process.exit(130), GRACE).unref();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.exitCode = await runCli({
    args: process.argv.slice(2),
    cwd,
    environment: process.env,
    readInput: () => readInput(interrupt.signal),
    signal: interrupt.signal,
    engineWorker: join(__dirname, "engine-worker.cjs"),
    runnerWorker: join(__dirname, "runner-worker.cjs"),
    out: process.stdout,
    err: process.stderr,
    version: applicationVersion(),
  });
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    const next = "Go to a folder that exists, and run it again.";
    throw new StateError("usage", "The current folder was removed.", next, { cause: error });
  }
}

/** The package's version; the bundle lies in a folder of the package. */
function applicationVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "unknown";
}

async function readInput(signal: AbortSignal): Promise<Uint8Array> {
  addAbortSignal(signal, process.stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks);
}

void main();
