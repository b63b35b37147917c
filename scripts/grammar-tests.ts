/** Tests the injection grammar on top of the Lua grammar that VS Code itself has: `npm run test:grammar`. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPackages, VSCODE_DIR } from "../testbed/install.ts";

const root = join(import.meta.dirname, "..");

installPackages(console.log);
const { status } = spawnSync(
  process.execPath,
  [
    fileURLToPath(import.meta.resolve("vscode-tmgrammar-test/dist/unit.js")),
    ...["--grammar", join(VSCODE_DIR, "extensions/lua/syntaxes/lua.tmLanguage.json")],
    ...["--grammar", "syntaxes/llmspell-state.tmLanguage.json"],
    "test/syntaxes/*.test.lua",
  ],
  { cwd: root, stdio: "inherit" },
);
process.exitCode = status ?? 1;
