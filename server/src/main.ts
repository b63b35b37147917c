import { join } from "node:path";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { startServer } from "./server.ts";

const USAGE = `llmspell-state-language-server: LSP for Lua scripts that use llmspell's State

Usage: llmspell-state-language-server --stdio | --node-ipc | --socket=PORT | --pipe=NAME
`;

const transports = ["--stdio", "--node-ipc", "--socket", "--pipe"];
const named = process.argv.some((argument) =>
  transports.some((transport) => argument === transport || argument.startsWith(`${transport}=`)),
);

if (named) {
  startServer(createConnection(ProposedFeatures.all), {
    variables: process.env,
    engineWorker: join(__dirname, "engine-worker.cjs"),
    runnerWorker: join(__dirname, "runner-worker.cjs"),
    indexWorker: join(__dirname, "index-worker.cjs"),
    checkWorker: join(__dirname, "check-worker.cjs"),
  });
} else {
  const asked = process.argv.includes("--help");
  (asked ? process.stdout : process.stderr).write(USAGE);
  process.exitCode = asked ? 0 : 2;
}
