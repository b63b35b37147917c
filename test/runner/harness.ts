import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { build } from "esbuild";
import { fengariIntegers } from "../../scripts/fengari-integers.ts";
import { startEngineWorker } from "../../server/src/engine/client.ts";
import { openEngine } from "../../server/src/engine/open.ts";
import { serveEngine } from "../../server/src/engine/serve.ts";
import { startScript } from "../../server/src/runner/host.ts";
import { KeptLua } from "../../server/src/runner/kept-lua.ts";
import {
  DEFAULT_LIMITS,
  type RunRequest,
  type RunResult,
  type RuntimeName,
  type ScriptRun,
} from "../../server/src/runner/types.ts";

/** A worker as it ships: bundled by esbuild, with fengari mended in the runner's. */
async function bundle(folder: string, room: "runner" | "engine"): Promise<string> {
  const outfile = join(folder, `${room}-worker.cjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `../../server/src/${room}/worker.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    mainFields: ["module", "main"],
    minify: true,
    logLevel: "silent",
    plugins: room === "runner" ? [fengariIntegers()] : [],
    loader: { ".wasm": "binary" },
  });
  return outfile;
}

type Options = Partial<Omit<RunRequest, "limits" | "onOutput">> & {
  limits?: Partial<RunRequest["limits"]>;
  onOutput?: (text: string) => void;
};

export interface Ran extends RunResult {
  readonly output: string;
}

/** A workspace folder with a store for scripts to run in. */
export interface Bench {
  readonly folder: string;
  readonly worker: string;
  /** Writes files into the workspace, by relative path. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** Starts Lua source as `main.lua` (or options.file). */
  start(
    source: string | undefined,
    options?: Options,
  ): ScriptRun & { readonly output: () => string };
  run(source: string | undefined, options?: Options): Promise<Ran>;
  /** Runs and gives what was printed; fails the test when the script fails. */
  print(source: string, options?: Options): Promise<string>;
  close(): Promise<void>;
}

export async function openBench(
  connect: () => MessagePort | Promise<MessagePort>,
  runtime: RuntimeName = "lua54",
  lua = new KeptLua(),
): Promise<Bench> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "runner-")));
  const worker = await bundle(folder, "runner");
  const workspace = join(folder, "workspace");
  mkdirSync(workspace);
  const bench: Bench = {
    folder: workspace,
    worker,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(workspace, name)), { recursive: true });
        writeFileSync(join(workspace, name), content);
      }
    },
    start(source, options = {}) {
      let output = "";
      const { limits, onOutput, ...rest } = options;
      const request: RunRequest = {
        file: join(workspace, "main.lua"),
        ...(source === undefined ? {} : { text: source }),
        args: [],
        workspaceFolder: workspace,
        origin: "script:main.lua",
        features: { migrations: false, backups: true },
        environment: {},
        runtime,
        ...rest,
        limits: { ...DEFAULT_LIMITS, timeoutMs: 20_000, ...limits },
        onOutput: (text) => {
          output += text;
          onOutput?.(text);
        },
      };
      let run: ScriptRun | undefined;
      let cancelled = false;
      const result = Promise.resolve(connect()).then((port) => {
        run = startScript(worker, request, port, lua);
        if (cancelled) run.cancel();
        return run.result;
      });
      return {
        result,
        cancel: () => {
          cancelled = true;
          run?.cancel();
        },
        output: () => output,
      };
    },
    async run(source, options) {
      const run = bench.start(source, options);
      const result = await run.result;
      return { ...result, output: run.output() };
    },
    async print(source, options) {
      const ran = await bench.run(source, options);
      if (!ran.ok)
        throw new Error(`${ran.error?.code}: ${ran.error?.message}\n${ran.error?.traceback}`);
      return ran.output;
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
  return bench;
}

const common = {
  schemaVersion: "1.0.0",
  backupDir: "/dev/null/backups",
  backupRetentionDays: 30,
  maxBackups: undefined,
};

/** The engine as it ships: SQLite on disk, in a worker of its own. */
export async function diskStore() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "runner-store-")));
  const engine = startEngineWorker(await bundle(folder, "engine"), {
    ...common,
    backend: "sqlite",
    folder: join(folder, "state"),
    durability: "normal",
    historyLimit: 20,
    maxValueBytes: 1024 * 1024,
    backupDir: join(folder, "state/backups"),
    migrations: join(folder, "migrations"),
  });
  return {
    engine,
    folder,
    connect: (): MessagePort => engine.connect("script:main.lua"),
    close: async () => {
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A store in memory, served from this thread: for tests that are about Lua and not about the engine. */
export function memoryStore() {
  const engine = openEngine({
    backend: "memory",
    folder: "/dev/null/state",
    durability: "normal",
    historyLimit: 0,
    maxValueBytes: 64 * 1024 * 1024,
    ...common,
  });
  return {
    engine,
    /** JSON text. */
    value: async (namespace: string, key: string) => (await engine.entry(namespace, key))?.value,
    put: (namespace: string, key: string, value: string) =>
      engine.save("test", namespace, key, value),
    connect: (): MessagePort => {
      const { port1, port2 } = new MessageChannel();
      serveEngine(engine, port1, { origin: undefined, onChanged: () => undefined });
      port1.unref();
      return port2;
    },
  };
}
