import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { build } from "esbuild";
import { fengariIntegers } from "../../scripts/fengari-integers.ts";
import type { ChangeDetail, Entry } from "../../server/src/engine/types.ts";
import type { BridgeReply, BridgeRequest } from "../../server/src/runner/bridge.ts";
import { startScript } from "../../server/src/runner/host.ts";
import {
  DEFAULT_LIMITS,
  type RunRequest,
  type RunResult,
  type ScriptRun,
} from "../../server/src/runner/types.ts";

/** The worker as it ships: bundled by esbuild with fengari mended. */
async function bundle(folder: string): Promise<string> {
  const outfile = join(folder, "runner-worker.cjs");
  await build({
    entryPoints: [join(import.meta.dirname, "../../server/src/runner/worker.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    logLevel: "silent",
    plugins: [fengariIntegers()],
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

export async function openBench(connect: () => MessagePort | Promise<MessagePort>): Promise<Bench> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "runner-")));
  const worker = await bundle(folder);
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
        run = startScript(worker, request, port);
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

/** A store of a few lines, for tests that are about Lua and not about the engine. */
export function mapStore() {
  const entries = new Map<string, Map<string, string>>();
  let revision = 0;
  const change = (op: "save" | "delete", origin: string, namespace: string, key: string) => ({
    op,
    namespace,
    key,
    revision: ++revision,
    at: 0,
    origin,
  });
  const methods: Record<string, (...params: never[]) => unknown> = {
    entry: (namespace: string, key: string): Partial<Entry> | undefined => {
      const value = entries.get(namespace)?.get(key);
      return value === undefined ? undefined : { value, plain: false };
    },
    keys: (namespace: string) => [...(entries.get(namespace)?.keys() ?? [])].sort(),
    save: (origin: string, namespace: string, key: string, value: string): ChangeDetail => {
      const keys = entries.get(namespace) ?? new Map<string, string>();
      entries.set(namespace, keys);
      const before = keys.get(key);
      keys.set(key, value);
      const made = { ...change("save", origin, namespace, key), after: value };
      return before === undefined ? made : { ...made, before };
    },
    delete: (origin: string, namespace: string, key: string): ChangeDetail | undefined => {
      const before = entries.get(namespace)?.get(key);
      if (before === undefined) return undefined;
      entries.get(namespace)?.delete(key);
      return { ...change("delete", origin, namespace, key), before };
    },
  };
  return {
    /** JSON text by namespace and key. */
    value: (namespace: string, key: string) => entries.get(namespace)?.get(key),
    put: (namespace: string, key: string, value: string) => {
      const keys = entries.get(namespace) ?? new Map<string, string>();
      entries.set(namespace, keys.set(key, value));
    },
    connect: (): MessagePort => {
      const { port1, port2 } = new MessageChannel();
      port1.on("message", ({ id, method, params, signal }: BridgeRequest) => {
        const reply: BridgeReply = { id, result: methods[method]?.(...(params as never[])) };
        port1.postMessage(reply);
        Atomics.store(new Int32Array(signal), 0, 1);
        Atomics.notify(new Int32Array(signal), 0);
      });
      port1.unref();
      return port2;
    },
  };
}
