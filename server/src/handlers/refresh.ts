import type { Connection } from "vscode-languageserver/node";
import type { ClientAbilities } from "./abilities.ts";

/** Changes that follow each other this closely make one refresh, in ms. */
const GATHERED = 100;

/** Makes the client ask again for hints, lenses and colours, where it can be told to. */
export class Refresh {
  readonly #connection: Connection;
  readonly #client: ClientAbilities;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Connection, client: ClientAbilities) {
    this.#connection = connection;
    this.#client = client;
  }

  /** State, scripts or configuration changed. */
  ask(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const { languages } = this.#connection;
      const { refreshHints, refreshLenses, refreshTokens } = this.#client;
      const asked = [
        refreshHints ? languages.inlayHint.refresh() : undefined,
        refreshLenses ? this.#connection.sendRequest("workspace/codeLens/refresh") : undefined,
        refreshTokens ? languages.semanticTokens.refresh() : undefined,
      ];
      // A client that is closing answers nothing, and nobody is left to tell.
      void Promise.allSettled(asked);
    }, GATHERED);
    this.#timer.unref();
  }

  /** Nothing is asked any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
