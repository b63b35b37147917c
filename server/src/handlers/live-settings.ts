import type { InitializationOptions } from "../../../shared/src/protocol.ts";
import { type RunnerSettings, runnerSettings } from "./runner-settings.ts";

/** The settings that take effect without a restart. */
export interface LiveSettings {
  /** Globs of scripts that are left alone, for folders that come later too. */
  exclude: readonly string[];
  /** `llmspellState.rules`, unchecked. */
  rules: unknown;
  /** Whether another server reports syntax errors. */
  luaLanguageServer: boolean;
  /** Whether another server knows State's functions from our description of them. */
  luaLibrary: boolean;
  inlayHints: boolean;
  codeLenses: boolean;
  semanticTokens: boolean;
  runner: RunnerSettings;
  /** Absolute path of the llmspell program; "": the one on PATH. */
  llmspellPath: string;
}

/** Settings that are "on" or "off"; they are on where nothing is said. */
export const SWITCHES = ["inlayHints", "codeLenses", "semanticTokens"] as const;

/** As the client gave them when it started the server. */
export function liveSettings(options: InitializationOptions): LiveSettings {
  return {
    exclude: isTexts(options.exclude) ? options.exclude : [],
    rules: options.rules,
    luaLanguageServer: options.luaLanguageServer === true,
    luaLibrary: options.luaLibrary === true,
    inlayHints: options.inlayHints !== "off",
    codeLenses: options.codeLenses !== "off",
    semanticTokens: options.semanticTokens !== "off",
    runner: runnerSettings(options.runner),
    llmspellPath: typeof options.llmspellPath === "string" ? options.llmspellPath : "",
  };
}

/** Whether an editor's setting is a list of texts. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
