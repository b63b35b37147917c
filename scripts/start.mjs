// Builds everything and opens a real VS Code on examples/ with the extension in it: `npm start`.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { installPackages, root, toolEnvironment, toolNode } from "./setup.mjs";

installPackages();
const child = spawn(
  toolNode(),
  [join(root, "scripts", "open-example.ts"), ...process.argv.slice(2)],
  {
    cwd: root,
    env: toolEnvironment,
    stdio: "inherit",
  },
);
// Ctrl+C reaches the child too; this process waits until it has stopped cleanly.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.once("exit", (code) => process.exit(code ?? 0));
