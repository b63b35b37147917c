/**
 * Builds everything and opens a real VS Code on examples/ with the extension in it: the `code` on the
 * PATH when there is one, else VS Code in the browser. `npm start`; Ctrl+C ends the latter.
 *
 * --browser     in the browser even where there is a `code`
 * --port=PORT   where the browser finds it (8377)
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { startEditor } from "../testbed/editor.ts";
import { installTestbed } from "../testbed/install.ts";
import { vsixFile } from "./vsix.ts";

const root = join(import.meta.dirname, "..");
const examples = join(root, "examples");

const { values: options } = parseArgs({
  options: { browser: { type: "boolean" }, port: { type: "string", default: "8377" } },
});

const code = options.browser === true ? undefined : findCode();
if (code !== undefined) openDesktop(code);
else if (process.platform === "win32") refuseWindows();
else await openBrowser();

function findCode(): string | undefined {
  const name = process.platform === "win32" ? "code.cmd" : "code";
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

function openDesktop(code: string): void {
  step("Building the extension");
  runScript("scripts/build.ts");
  step("Opening VS Code on examples/");
  const { status } = spawnSync(code, [`--extensionDevelopmentPath=${root}`, examples], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  process.exitCode = status ?? 1;
}

async function openBrowser(): Promise<void> {
  step("Building and packing the extension");
  runScript("scripts/package.ts");
  step("Getting VS Code for the browser");
  installTestbed(step);
  step("Starting it");
  const editor = await startEditor({ vsix: vsixFile(root), port: Number(options.port) });
  step(`Open this address in a browser:\n\n    ${editor.address(examples)}\n\nCtrl+C ends it.`);
  const stopped = await Promise.race([
    ...(["SIGINT", "SIGTERM"] as const).map(
      (signal) => new Promise((resolve) => process.once(signal, () => resolve(signal))),
    ),
    editor.ended,
  ]);
  if (typeof stopped === "string") step("Stopping");
  await editor.stop();
}

/** One that fails has said why, and ends this one. */
function runScript(path: string): void {
  const { status } = spawnSync(process.execPath, [join(root, path)], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

function refuseWindows(): void {
  console.error(
    "There is no `code` on the PATH. In VS Code, run the command " +
      "\"Shell Command: Install 'code' command in PATH\", then try again.",
  );
  process.exitCode = 1;
}

function step(text: string): void {
  console.log(`\n> ${text}`);
}
