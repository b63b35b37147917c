import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const ENTRY = join(import.meta.dirname, "node_modules/code-server/out/node/entry.js");
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;

/** Quiet: nothing that looks outside, pops up or changes files by itself. */
const SETTINGS = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "files.hotExit": "off",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.menuBarVisibility": "compact",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

export interface EditorOptions {
  /** A packed extension, installed before the start. */
  readonly vsix: string;
  /** Further packed extensions. */
  readonly others?: readonly string[];
  /** User settings besides the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether a folder is trusted only when the user says so; otherwise every folder is. */
  readonly workspaceTrust?: boolean;
  /** Where to listen on 127.0.0.1; a free port unless given. */
  readonly port?: number;
}

/** VS Code's server, running. */
export interface Editor {
  readonly port: number;
  /** What it and its extension host keep on disk; removed by `stop`. */
  readonly home: string;
  /** The page that shows `folder` or, where that ends in `.code-workspace`, a workspace file. */
  address(folder?: string): string;
  /** Ends it with all its processes. */
  stop(): Promise<void>;
  /** Settles when it has ended, by `stop` or by itself. */
  readonly ended: Promise<unknown>;
}

/**
 * Starts VS Code's server with the extension in it and resolves when it answers. It keeps everything
 * in a folder of its own: the user's settings and extensions are not touched.
 * @throws Error with its log when it does not start.
 */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  // A short path: Unix sockets are made in it, and their names are limited.
  const home = mkdtempSync(join(tmpdir(), "vsc-"));
  const user = join(home, "user");
  mkdirSync(join(user, "User"), { recursive: true });
  const settings = { ...SETTINGS, ...options.settings };
  writeFileSync(join(user, "User/settings.json"), JSON.stringify(settings, null, 2));
  // Settings of scope "machine" count here only: a moment after the start VS Code drops the user's.
  mkdirSync(join(user, "Machine"), { recursive: true });
  writeFileSync(
    join(user, "Machine/settings.json"),
    JSON.stringify(options.settings ?? {}, null, 2),
  );
  const base = [
    ENTRY,
    ...["--config", process.platform === "win32" ? "NUL" : "/dev/null"],
    ...["--user-data-dir", user],
    ...["--extensions-dir", join(home, "extensions")],
  ];
  const env = environment(home);
  for (const vsix of [options.vsix, ...(options.others ?? [])]) {
    execFileSync(process.execPath, [...base, "--install-extension", vsix], { env });
  }

  const port = options.port ?? (await freePort());
  const logFile = join(home, "server.log");
  const log = openSync(logFile, "w");
  const child = spawn(process.execPath, [...base, ...serverArguments(port, options)], {
    env,
    stdio: ["ignore", log, log],
    // A process group of its own, so that stopping waits for its children too.
    detached: true,
  });
  const ended = once(child, "exit");
  const stop = async () => {
    await endGroup(child.pid);
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  if (!(await answers(port, () => child.exitCode !== null))) {
    const text = readFileSync(logFile, "utf8");
    await stop();
    throw new Error(`VS Code's server did not start on port ${port}:\n${text}`);
  }
  return { port, home, address: (folder) => address(port, folder), stop, ended };
}

function serverArguments(port: number, { workspaceTrust = false }: EditorOptions): string[] {
  return [
    ...["--bind-addr", `127.0.0.1:${port}`, "--auth", "none"],
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-getting-started-override",
    "--disable-proxy",
    ...(workspaceTrust ? [] : ["--disable-workspace-trust"]),
  ];
}

function address(port: number, folder: string | undefined): string {
  const page = `http://127.0.0.1:${port}/`;
  if (folder === undefined) return `${page}?ew=true`;
  const kind = folder.endsWith(".code-workspace") ? "workspace" : "folder";
  return `${page}?${kind}=${encodeURIComponent(folder)}`;
}

/** This environment without what an outer VS Code or npm put there, and with its own folders. */
function environment(home: string): NodeJS.ProcessEnv {
  const foreign = /^(VSCODE_|npm_|ELECTRON_|XDG_(CONFIG|DATA|CACHE|STATE)_HOME)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  const own = { HOME: home, TMPDIR: home, XDG_RUNTIME_DIR: home, EXTENSIONS_GALLERY: "{}" };
  return { ...Object.fromEntries(kept), ...own };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}

async function answers(port: number, gone: () => boolean): Promise<boolean> {
  const limit = Date.now() + START_LIMIT_MS;
  while (Date.now() < limit && !gone()) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/healthz`)).ok) return true;
    } catch {
      // Not listening yet.
    }
    await pause(100);
  }
  return false;
}

/** The extension host and the others end a little after their parent; what hangs is killed. */
async function endGroup(leader: number | undefined): Promise<void> {
  if (leader === undefined) return;
  const send = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-leader, signal);
    } catch {
      return false;
    }
  };
  send("SIGTERM");
  const limit = Date.now() + STOP_LIMIT_MS;
  while (send(0)) {
    if (Date.now() > limit) send("SIGKILL");
    await pause(50);
  }
}
