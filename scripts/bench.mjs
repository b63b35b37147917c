// Every benchmark, one after another, with the stores that ours is measured against: `npm run bench`.
// With words, those whose path holds one of them: `npm run bench -- engine`.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installPackages, root, toolEnvironment } from "./setup.mjs";

function run(command, folder = root) {
  const options = { cwd: folder, env: toolEnvironment, stdio: "inherit", shell: true };
  return spawnSync(command, options).status === 0;
}

/** They stand in a package of their own; the benchmark goes without those that cannot be installed. */
function installPeers() {
  const folder = join(root, "bench");
  if (!existsSync(join(folder, "node_modules")) && !run("npm ci --ignore-scripts", folder)) return;
  // keyv's driver is compiled where there is no download.
  const driver = join(folder, "node_modules/sqlite3");
  if (existsSync(join(driver, "build/Release/node_sqlite3.node"))) return;
  run("npm rebuild sqlite3 --ignore-scripts=false", folder);
}

const words = process.argv.slice(2);
const benches = readdirSync(join(root, "bench"), { withFileTypes: true })
  .filter((room) => room.isDirectory() && room.name !== "node_modules")
  .flatMap((room) =>
    readdirSync(join(root, "bench", room.name)).map((file) => `bench/${room.name}/${file}`),
  )
  .filter((file) => file.endsWith(".bench.ts"))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

installPackages();
installPeers();
run("npm run build");
const failed = benches.filter((file) => {
  console.log(`\n=== ${file}`);
  return !run(`node ${file}`);
});
for (const file of failed) console.log(`FAILED ${file}`);
process.exitCode = failed.length === 0 ? 0 : 1;
