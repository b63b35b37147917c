// What a fresh machine lacks, installed: runs on the system's Node (20 or later) before anything else can.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

export const root = join(import.meta.dirname, "..");

const bin = join(root, "node_modules", ".bin");

/** The environment in which `node` is the Node of node_modules, whatever the system has. */
export const toolEnvironment = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ""}`,
};

const windows = process.platform === "win32";

/** Installs the locked packages unless node_modules already stands for this lock file. */
export function installPackages() {
  const lock = join(root, "package-lock.json");
  const installed = join(root, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log("Installing the packages of package-lock.json (npm ci) ...");
  execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: root, stdio: "inherit", shell: windows });
}

/** The Node that runs every tool here: the one of node_modules where there is one for this platform. */
export function toolNode() {
  const local = join(bin, windows ? "node.cmd" : "node");
  return existsSync(local) ? local : process.execPath;
}

/** Programs that tests use, by the Debian package that holds each. */
const PROGRAMS = {
  chromium: "chromium",
  nvim: "neovim",
  "lua5.4": "lua5.4",
  "luac5.3": "lua5.3",
  // Its programs are not on the path, but this one is.
  pg_ctlcluster: "postgresql",
  pgbouncer: "pgbouncer",
};

// Servers lie where only root looks.
const pathOfTests = windows ? process.env.PATH : `${process.env.PATH}${delimiter}/usr/sbin`;
const onPath = (program) =>
  spawnSync(windows ? "where" : "which", [program], {
    stdio: "ignore",
    env: { ...process.env, PATH: pathOfTests },
  }).status === 0;

/**
 * Installs the programs that tests use, as root on Debian; elsewhere says the one line to type.
 * Tests that lack their program say so and are skipped, except where CI is set.
 */
export function installTestPrograms() {
  const missing = Object.keys(PROGRAMS).filter((program) => !onPath(program));
  if (missing.length === 0) return;
  const packages = missing.map((program) => PROGRAMS[program]);
  const line = `apt-get update && apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  if (process.getuid?.() !== 0 || !onPath("apt-get")) {
    console.log(
      `Tests need ${missing.join(", ")}. On Debian or Ubuntu, type:\n  sudo sh -c '${line}'`,
    );
    return;
  }
  console.log(`Installing ${packages.join(", ")} (apt-get) ...`);
  execFileSync("sh", ["-c", line], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
}
