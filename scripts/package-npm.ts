/**
 * Packs the command line and the language server for npm: llmspell-state-VERSION.tgz in the root. The
 * bundles hold all they need, so the packed package.json has no dependencies, and none of what is for
 * VS Code or for development.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const { name, version, description, license, keywords, type, bin, engines } = manifest;
const files = [
  "cli.cjs",
  "server.cjs",
  "language-server.cjs",
  "engine-worker.cjs",
  "runner-worker.cjs",
  "scripts-worker.cjs",
  "secretlint.cjs",
  "postgres.cjs",
];

const staging = mkdtempSync(join(tmpdir(), "llmspell-state-npm-"));
try {
  for (const file of files) cpSync(join(root, "dist", file), join(staging, "dist", file));
  for (const file of ["README.md", "LICENSE", "CHANGELOG.md"]) {
    cpSync(join(root, file), join(staging, file));
  }
  const packed = { name, version, description, license, keywords, type, bin };
  writeFileSync(
    join(staging, "package.json"),
    `${JSON.stringify({ ...packed, engines: { node: engines.node }, files: ["dist"] }, null, 2)}\n`,
  );
  execFileSync("npm", ["pack", "--silent", "--pack-destination", root], {
    cwd: staging,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
} finally {
  rmSync(staging, { recursive: true });
}
