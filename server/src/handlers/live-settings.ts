import type { InitializationOptions } from "../../../shared/src/protocol.ts";

/** The settings that take effect without a restart. */
export interface LiveSettings {
  /** `llmspellState.rules`, unchecked. */
  rules: unknown;
  /** Whether another server reports syntax errors. */
  luaLanguageServer: boolean;
}

/** As the client gave them when it started the server. */
export function liveSettings(options: InitializationOptions): LiveSettings {
  return { rules: options.rules, luaLanguageServer: options.luaLanguageServer === true };
}
