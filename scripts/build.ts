/** Bundles the product into dist/: `node scripts/build.ts [--watch]`. Each bundle has a size gate. */
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, context } from "esbuild";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

interface Bundle {
  readonly name: string;
  readonly entry: string;
  /** Largest size in KiB: growth is a decision, not an accident. */
  readonly limit: number;
  readonly options?: BuildOptions;
}

const executable: BuildOptions = { banner: { js: "#!/usr/bin/env node" } };

const bundles: readonly Bundle[] = [
  {
    name: "client",
    entry: "client/src/extension.ts",
    limit: 520,
    options: { external: ["vscode"] },
  },
  { name: "server", entry: "server/src/main.ts", limit: 700, options: executable },
  { name: "engine-worker", entry: "server/src/engine/worker.ts", limit: 200 },
  { name: "runner-worker", entry: "server/src/runner/worker.ts", limit: 400 },
  { name: "cli", entry: "server/src/cli/main.ts", limit: 700, options: executable },
];

/**
 * esbuild's settings for one bundle. They target Node 20 so that an old runtime can still parse the
 * file and say which one is needed.
 */
function settings(bundle: Bundle): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: [bundle.entry],
    outfile: join(dist, `${bundle.name}.cjs`),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: "none",
    logLevel: "warning",
    ...bundle.options,
  };
}

function checkSize(bundle: Bundle): boolean {
  const kib = Math.round(statSync(join(dist, `${bundle.name}.cjs`)).size / 1024);
  const fits = kib <= bundle.limit;
  console.log(`${fits ? "  " : "! "}dist/${bundle.name}.cjs  ${kib} KiB of ${bundle.limit}`);
  return fits;
}

if (process.argv.includes("--watch")) {
  for (const bundle of bundles) await (await context(settings(bundle))).watch();
} else {
  rmSync(dist, { recursive: true, force: true });
  await Promise.all(bundles.map((bundle) => build(settings(bundle))));
  const fits = bundles.map(checkSize);
  if (fits.includes(false)) {
    console.error("A bundle is larger than its limit in scripts/build.ts.");
    process.exitCode = 1;
  }
}
