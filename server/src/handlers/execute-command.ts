import type { CancellationToken, ExecuteCommandParams } from "vscode-languageserver/node";
import { StateError } from "../../../shared/src/errors.ts";
import type { ServerContext } from "./context.ts";
import type { Route } from "./route.ts";

const PREFIX = "llmspellState.server.";
const METHOD_PREFIX = "llmspellState/";

/** The commands that stand for custom requests, so that any editor has them: `llmspellState.server.read`. */
export function commandsOf(routes: readonly Route[]): string[] {
  return routes
    .filter(({ method }) => method.startsWith(METHOD_PREFIX))
    .map(({ method }) => PREFIX + method.slice(METHOD_PREFIX.length));
}

/**
 * LSP 3.17 workspace/executeCommand: a custom request by another door. Its parameters are the
 * command's one argument; `store` may be left out where there is one folder.
 */
export function executeCommand(routes: readonly Route[]) {
  const byMethod = new Map(routes.map((route) => [route.method, route]));
  return async (
    context: ServerContext,
    { command, arguments: given = [] }: ExecuteCommandParams,
    token: CancellationToken,
  ): Promise<unknown> => {
    const name = command.startsWith(PREFIX) ? command.slice(PREFIX.length) : "";
    const target = byMethod.get(METHOD_PREFIX + name);
    if (target !== undefined) return await target.handle(context, given[0] ?? {}, token);
    throw new StateError(
      "unknown-command",
      `There is no command ${JSON.stringify(command)}.`,
      `The commands are ${commandsOf(routes).join(", ")}.`,
    );
  };
}
