/** Bundles the product into dist/: `node scripts/build.ts [--watch]`. Each bundle has a size gate. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, context, type OutputFile, type Plugin } from "esbuild";
import { fengariIntegers } from "./fengari-integers.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

interface Bundle {
  readonly name: string;
  readonly entry: string;
  /** Largest size in KiB: growth is a decision, not an accident. */
  readonly limit: number;
  readonly options?: BuildOptions;
  /** The file in dist/; by default NAME.cjs. */
  readonly output?: string;
}

function outputOf({ name, output }: Bundle): string {
  return output ?? `${name}.cjs`;
}

const secretlintBeside = beside("server/src/service/sensitive/secretlint.ts", "secretlint.cjs");
const serverBeside = beside("server/src/server.ts", "language-server.cjs");
const postgresBeside = beside("server/src/engine/postgres/driver.ts", "postgres.cjs");

const executable: BuildOptions = {
  banner: { js: "#!/usr/bin/env node" },
  plugins: [secretlintBeside, postgresBeside],
};

/**
 * For what runs many thousand times a second: else each function is given its name anew whenever it is
 * made, which was half of what a script's call of State took, and an eighth of what a letter typed takes.
 */
const withoutNames: BuildOptions = { keepNames: false };

/** Leaves a module that is imported late in a bundle of its own, which lies beside the importing one. */
function beside(module: string, bundle: string): Plugin {
  const file = join(root, module);
  return {
    name: `${bundle} beside`,
    setup: ({ onResolve }) => {
      onResolve({ filter: /^\..*\.ts$/ }, ({ path, kind, resolveDir }) =>
        kind === "dynamic-import" && join(resolveDir, path) === file
          ? { path: `./${bundle}`, external: true }
          : undefined,
      );
    },
  };
}

const bundles: readonly Bundle[] = [
  {
    name: "client",
    entry: "client/src/extension.ts",
    limit: 620,
    options: { external: ["vscode"] },
  },
  {
    name: "overview",
    entry: "client/webview/overview.ts",
    limit: 260,
    options: {
      platform: "browser",
      format: "iife",
      target: "es2023",
    },
    output: "overview.js",
  },
  {
    name: "overview's style",
    entry: "client/webview/overview.css",
    limit: 10,
    output: "overview.css",
  },
  {
    name: "server",
    entry: "server/src/main.ts",
    limit: 10,
    // `require` starts sooner than `import`.
    options: {
      ...executable,
      plugins: [serverBeside],
      supported: { "dynamic-import": false },
    },
  },
  {
    name: "language-server",
    entry: "server/src/server.ts",
    limit: 700,
    options: { plugins: [secretlintBeside, postgresBeside], ...withoutNames },
  },
  {
    name: "engine-worker",
    entry: "server/src/engine-worker.ts",
    limit: 230,
    options: { plugins: [postgresBeside], ...withoutNames },
  },
  {
    name: "runner-worker",
    entry: "server/src/runner/worker.ts",
    limit: 800,
    options: { plugins: [fengariIntegers()], loader: { ".wasm": "binary" }, ...withoutNames },
  },
  {
    name: "scripts-worker",
    entry: "server/src/scripts-worker.ts",
    // Questions about long scripts are in it: in a bundle beside it the language would be there, compiled, twice.
    limit: 660,
    options: { plugins: [secretlintBeside, postgresBeside], ...withoutNames },
  },
  {
    name: "postgres",
    entry: "server/src/engine/postgres/driver.ts",
    limit: 120,
    options: { external: ["pg-native"], ...withoutNames },
  },
  { name: "secretlint", entry: "server/src/service/sensitive/secretlint.ts", limit: 400 },
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
    outfile: join(dist, outputOf(bundle)),
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

/** Whole or not at all: a program that is starting meanwhile finds the old file or the new one. */
function write({ path, contents }: OutputFile): void {
  const beside = `${path}.${process.pid}.tmp`;
  writeFileSync(beside, contents, { mode: 0o755 });
  renameSync(beside, path);
}

/** Builds one bundle and gives its size in KiB. */
async function bundleOnce(bundle: Bundle): Promise<number> {
  const { outputFiles } = await build({ ...settings(bundle), write: false });
  for (const file of outputFiles) write(file);
  const code = outputFiles.find(({ path }) => path.endsWith(outputOf(bundle)));
  return Math.round((code?.contents.length ?? 0) / 1024);
}

if (process.argv.includes("--watch")) {
  for (const bundle of bundles) await (await context(settings(bundle))).watch();
} else {
  mkdirSync(dist, { recursive: true });
  for (const bundle of bundles) {
    const kib = await bundleOnce(bundle);
    const fits = kib <= bundle.limit;
    console.log(`${fits ? "  " : "! "}dist/${outputOf(bundle)}  ${kib} KiB of ${bundle.limit}`);
    if (fits) continue;
    console.error(`${bundle.name} is larger than its limit in scripts/build.ts.`);
    process.exitCode = 1;
  }
}
