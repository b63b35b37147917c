import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VSCE = join(import.meta.dirname, "../../node_modules/@vscode/vsce/vsce");

/**
 * A packed extension that stands in for LuaLS, which cannot be installed here: its name and its
 * setting. Gives the file; the caller removes its folder.
 */
export function otherLuaServer(): string {
  const folder = mkdtempSync(join(tmpdir(), "luals-"));
  const library = { type: "array", items: { type: "string" }, default: [], scope: "resource" };
  const manifest = {
    name: "lua",
    publisher: "sumneko",
    version: "3.0.0",
    engines: { vscode: "^1.125.0" },
    contributes: {
      configuration: { title: "Lua", properties: { "Lua.workspace.library": library } },
    },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const file = join(folder, "lua.vsix");
  const options = ["--skip-license", "--allow-missing-repository", "--no-dependencies"];
  execFileSync(process.execPath, [VSCE, "package", ...options, "--out", file], {
    cwd: folder,
    stdio: "pipe",
  });
  return file;
}
