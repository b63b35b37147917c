import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The built command line; another build can be named. */
export const CLI =
  process.env["LLMSPELL_CLI"] ?? join(import.meta.dirname, "..", "..", "dist", "cli.cjs");

export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CallOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly node?: string;
  /** The user who calls, by number. */
  readonly uid?: number | undefined;
}

/** A workspace folder in a temporary place, and the command line called in it. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "llmspell-cli-"));

  constructor() {
    if (!existsSync(CLI)) throw new Error(`${CLI} is missing: run "npm run build" first.`);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file, with the folders above it. */
  put(name: string, content: string | Uint8Array): string {
    const file = this.path(name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  start(args: readonly string[], options: CallOptions = {}): ChildProcess {
    return spawn(options.node ?? process.execPath, [CLI, ...args], {
      cwd: options.cwd ?? this.folder,
      env: { PATH: process.env["PATH"], HOME: this.folder, ...options.environment },
      stdio: "pipe",
      ...(options.uid === undefined ? {} : { uid: options.uid }),
    });
  }

  /** Runs a call to its end. */
  async call(args: readonly string[], options: CallOptions = {}): Promise<CliResult> {
    const child = this.start(args, options);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
    const [code] = (await once(child, "close")) as [number | null];
    return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
  }

  /** Runs a call with `--json`; its standard output must be one JSON document. */
  async json(...args: readonly string[]): Promise<{ code: number | null; answer: unknown }> {
    const { code, out } = await this.call(["--json", ...args]);
    return { code, answer: JSON.parse(out) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
