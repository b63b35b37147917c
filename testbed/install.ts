/**
 * Installs VS Code for the browser beside this file, from the npm registry alone. Idempotent: what
 * is there already is left alone. `node testbed/install.ts`
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const testbed = import.meta.dirname;
const modules = join(testbed, "node_modules");
/** Says which lock file the installed packages came from. */
const stamp = join(modules, ".installed");
/** VS Code itself, inside code-server's package. */
export const VSCODE_DIR = join(modules, "code-server/lib/vscode");

/** Native modules that come without a prebuilt copy, with the file that building them makes. */
const NATIVE = [
  // Output channels and log files.
  ["@vscode/spdlog", "build/Release/spdlog.node"],
  // Ends the extension host when its parent is gone.
  ["@vscode/native-watchdog", "build/Release/watchdog.node"],
] as const;

/**
 * Makes the testbed complete, telling `say` about each step that takes time.
 * @throws Error when npm fails, with the command and its output.
 */
export function installTestbed(say: (line: string) => void): void {
  installPackages(say);
  const link = join(VSCODE_DIR, "node_modules");
  // VS Code's server resolves its own modules, and serves the browser's, from this folder.
  if (!existsSync(link)) symlinkSync("../../..", link, "dir");
  for (const [name, built] of NATIVE) {
    if (existsSync(join(modules, name, built))) continue;
    say(`Building ${name} (once)`);
    npm(["rebuild", "--ignore-scripts=false", name]);
  }
}

/** Installs the packages alone, building none: enough to read VS Code's own files. */
export function installPackages(say: (line: string) => void): void {
  const lock = createHash("sha256")
    .update(readFileSync(join(testbed, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  say("Installing VS Code for the browser (once, some 350 MB)");
  npm(["ci", "--ignore-scripts"]);
  writeFileSync(stamp, lock);
}

function npm(args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd: testbed,
    encoding: "utf8",
    env: { ...cleanEnvironment(), ...headers() },
    shell: process.platform === "win32",
  });
  if (status === 0) return;
  throw new Error(
    `"npm ${args.join(" ")}" failed in ${testbed}.\n${stdout}\n${stderr}\n` +
      "A native build needs python3, make and a C++ compiler.",
  );
}

/** The environment without what an outer npm put there for its own package. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config)_/.test(name)),
  );
}

/** The headers that came with this Node, so that building downloads none. */
function headers(): NodeJS.ProcessEnv {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, "include/node/node_api.h")) ? { npm_config_nodedir: prefix } : {};
}

if (import.meta.main) installTestbed(console.log);
