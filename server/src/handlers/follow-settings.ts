import { DidChangeConfigurationNotification } from "vscode-languageserver/node";
import type { ServerContext } from "./context.ts";
import { surroundingsChanged } from "./diagnostics.ts";
import { isTexts, SWITCHES } from "./live-settings.ts";
import { stackOf } from "./route.ts";
import { runnerSettings } from "./runner-settings.ts";

const SECTION = "llmspellState";

/** Follows the settings while the server runs. Clients send them along, or want to be asked for them. */
export function followSettings(context: ServerContext): void {
  const { connection, client } = context;
  connection.onDidChangeConfiguration(({ settings }: { settings: unknown }) => {
    const sent = fieldOf(settings, SECTION);
    if (isRecord(sent)) take(context, sent);
    else if (client.settings) void askForSettings(context);
  });
}

/** Asks the client, once it is initialized, to tell when settings change. */
export function registerSettings({ connection, client }: ServerContext): void {
  if (!client.followSettings) return;
  connection.client
    .register(DidChangeConfigurationNotification.type, { section: SECTION })
    .catch((error) => connection.console.warn(`Settings are not followed: ${stackOf(error)}`));
}

async function askForSettings(context: ServerContext): Promise<void> {
  try {
    const settings: unknown = await context.connection.workspace.getConfiguration(SECTION);
    if (isRecord(settings)) take(context, settings);
  } catch (error) {
    context.connection.console.warn(`The settings cannot be read: ${stackOf(error)}`);
  }
}

function take(context: ServerContext, sent: Readonly<Record<string, unknown>>): void {
  const { settings, folders } = context;
  const exclude = sent["exclude"];
  if (isTexts(exclude)) {
    settings.exclude = exclude;
    for (const folder of folders.all()) void folder.setExclude(exclude);
  }
  const before = JSON.stringify(settings);
  if ("rules" in sent) settings.rules = sent["rules"];
  for (const name of ["luaLanguageServer", "luaLibrary"] as const) {
    if (typeof sent[name] === "boolean") settings[name] = sent[name];
  }
  if ("runner" in sent) settings.runner = runnerSettings(sent["runner"]);
  if (typeof sent["llmspellPath"] === "string") settings.llmspellPath = sent["llmspellPath"];
  for (const name of SWITCHES) {
    if (typeof sent[name] === "string") settings[name] = sent[name] !== "off";
  }
  if (JSON.stringify(settings) === before) return;
  surroundingsChanged(context);
  context.refresh.ask();
}

function fieldOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
