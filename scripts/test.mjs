// Every test, after all set-up a fresh machine needs: `npm test`. Add --no-ui to leave the real VS Code out.
import { spawnSync } from "node:child_process";
import { installPackages, installTestPrograms, root, toolEnvironment } from "./setup.mjs";

const steps = [
  ["types, style, floors, dead code", "npm run check"],
  ["build and pack", "npm run package"],
  ["unit, engine, language server and command line tests", "npm run test:unit"],
  ["grammar tests", "npm run test:grammar"],
  ...(process.argv.includes("--no-ui")
    ? []
    : [["the real VS Code", "npm run test:ui -- --no-package"]]),
];

installPackages();
installTestPrograms();

const results = steps.map(([title, command]) => {
  console.log(`\n=== ${title}: ${command}`);
  const started = Date.now();
  const { status } = spawnSync(command, {
    cwd: root,
    env: toolEnvironment,
    stdio: "inherit",
    shell: true,
  });
  return { title, passed: status === 0, seconds: Math.round((Date.now() - started) / 1000) };
});

console.log("");
for (const { title, passed, seconds } of results) {
  console.log(`${passed ? "passed" : "FAILED"}  ${String(seconds).padStart(4)} s  ${title}`);
}
const failed = results.filter(({ passed }) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
