import * as vscode from "vscode";
import {
  DidChangeConfigurationNotification,
  LanguageClient,
  RevealOutputChannelOn,
  TransportKind,
} from "vscode-languageclient/node";
import type { InitializationOptions } from "../../shared/src/protocol.ts";
import type { ServerEnvironment } from "./databaseUrl.ts";
import { hasLuaLanguageServer, hasLuaLibrary, LIBRARY_SETTING } from "./luaLibrary.ts";

/** Settings that the server is told when it starts only, so that a change of them restarts it. */
export const START_SETTINGS = ["llmspellState.configFile", "llmspellState.exclude"] as const;

/** What hovers may lead to: the only commands that their links can run. */
const LINKED_COMMANDS = [
  "llmspellState.showValue",
  "llmspellState.showHistory",
  "llmspellState.findReferences",
];

const CONFIGURATION_FILES = "**/{llmspell.toml,.llmspell.toml}";

/**
 * The language client of this window, not yet started. `output` gets the server's log, `environment`
 * is added to the server's at every start.
 */
export function createLanguageClient(
  context: vscode.ExtensionContext,
  output: vscode.LogOutputChannel,
  environment: ServerEnvironment,
): LanguageClient {
  const module = context.asAbsolutePath("dist/server.cjs");
  // Read at every start: secrets reach the server so, and are never in a message that could be logged.
  const server = { module, transport: TransportKind.ipc, options: { env: environment } };
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
      initializationOptions: () => initializationOptions(context),
      outputChannel: output,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      markdown: { isTrusted: { enabledCommands: LINKED_COMMANDS } },
    },
  );
}

/**
 * Tells the server when the other language server for Lua comes or goes, or learns of State. The
 * settings it can follow while it runs are sent by the language client itself, as the server
 * registers for them.
 */
export function followLuaLanguageServer(
  client: LanguageClient,
  context: vscode.ExtensionContext,
): vscode.Disposable {
  let told = JSON.stringify(luaServer(context));
  const tell = () => {
    const now = luaServer(context);
    if (JSON.stringify(now) === told || !client.isRunning()) return;
    told = JSON.stringify(now);
    void client.sendNotification(DidChangeConfigurationNotification.type, {
      settings: { llmspellState: now },
    });
  };
  return vscode.Disposable.from(
    vscode.extensions.onDidChange(tell),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`Lua.${LIBRARY_SETTING}`)) tell();
    }),
  );
}

/** What the server must know of the other one, so that nothing is told twice. */
function luaServer(
  context: vscode.ExtensionContext,
): Pick<InitializationOptions, "luaLanguageServer" | "luaLibrary"> {
  return { luaLanguageServer: hasLuaLanguageServer(), luaLibrary: hasLuaLibrary(context) };
}

type Switch = "off" | "on";

function initializationOptions(context: vscode.ExtensionContext): InitializationOptions {
  const settings = vscode.workspace.getConfiguration("llmspellState");
  const configFile = settings.get<string>("configFile", "").trim();
  const cacheFolder = context.storageUri?.fsPath;
  return {
    trusted: vscode.workspace.isTrusted,
    rules: settings.get<Record<string, unknown>>("rules", {}),
    ...luaServer(context),
    inlayHints: settings.get<Switch>("inlayHints", "on"),
    codeLenses: settings.get<Switch>("codeLenses", "on"),
    semanticTokens: settings.get<Switch>("semanticTokens", "on"),
    exclude: settings.get<string[]>("exclude", []),
    runner: settings.get<NonNullable<InitializationOptions["runner"]>>("runner", {}),
    llmspellPath: settings.get<string>("llmspellPath", "").trim(),
    commandLinks: true,
    ...(configFile === "" ? {} : { configFile }),
    ...(cacheFolder === undefined ? {} : { cacheFolder }),
  };
}
