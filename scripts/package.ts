/** Builds and packs llmspell-state-VERSION.vsix in the root: `npm run package`. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Largest VSIX in bytes: it is downloaded by everyone who installs it. */
const LIMIT = 1.5 * 1024 * 1024;

const root = join(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const file = join(root, `llmspell-state-${version}.vsix`);

const run = (command: string, args: readonly string[]) =>
  execFileSync(process.execPath, [join(root, "node_modules", command), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });

execFileSync(process.execPath, [join(root, "scripts/build.ts")], { cwd: root, stdio: "inherit" });
run("@vscode/vsce/vsce", ["package", "--no-dependencies", "--out", file]);

const { size } = statSync(file);
console.log(`${file}: ${Math.round(size / 1024)} KiB of ${LIMIT / 1024}`);
if (size > LIMIT) {
  console.error("The VSIX is larger than its limit in scripts/package.ts.");
  process.exitCode = 1;
}
