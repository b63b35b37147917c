import * as vscode from "vscode";
import { LanguageClient, RevealOutputChannelOn, TransportKind } from "vscode-languageclient/node";
import type { InitializationOptions } from "../../shared/src/protocol.ts";

/** Settings that the server is told when it starts, so that a change of them restarts it. */
export const SERVER_SETTINGS = ["llmspellState.configFile", "llmspellState.rules"] as const;

const CONFIGURATION_FILES = "**/{llmspell.toml,.llmspell.toml}";

/** The language client of this window, not yet started. `output` gets the server's log. */
export function createLanguageClient(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
): LanguageClient {
  const module = context.asAbsolutePath("dist/server.cjs");
  const server = { module, transport: TransportKind.ipc };
  return new LanguageClient(
    "llmspellState",
    "LLMSpell State",
    { run: server, debug: server },
    {
      documentSelector: [
        { scheme: "file", language: "lua" },
        { scheme: "untitled", language: "lua" },
        { scheme: "file", pattern: CONFIGURATION_FILES },
      ],
      initializationOptions,
      outputChannel: output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    },
  );
}

function initializationOptions(): InitializationOptions {
  const settings = vscode.workspace.getConfiguration("llmspellState");
  const configFile = settings.get<string>("configFile", "").trim();
  return {
    trusted: vscode.workspace.isTrusted,
    rules: settings.get<Record<string, unknown>>("rules", {}),
    ...(configFile === "" ? {} : { configFile }),
  };
}
