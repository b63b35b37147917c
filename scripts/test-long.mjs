// The property, crash and corruption tests with their large counts: `npm run test:long`. Takes tens of minutes.
import { spawnSync } from "node:child_process";
import { installPackages, installTestPrograms, root, toolEnvironment } from "./setup.mjs";

installPackages();
installTestPrograms();
for (const command of ["npm run package", "npx vitest run --testTimeout=3600000"]) {
  const { status } = spawnSync(command, {
    cwd: root,
    env: { ...toolEnvironment, LLMSPELL_LONG: "1" },
    stdio: "inherit",
    shell: true,
  });
  if (status !== 0) process.exit(status ?? 1);
}
