import { type CancellationToken, LSPErrorCodes, ResponseError } from "vscode-languageserver/node";
import { StateError, toProblem } from "../../../shared/src/errors.ts";
import { PROBLEM_ERROR_CODE } from "../../../shared/src/protocol.ts";
import { checkParams } from "./check-params.ts";
import type { ServerContext } from "./context.ts";
import { Outdated } from "./slices.ts";

/** Answers one request; `token` is cancelled when the client no longer wants the answer. */
export type Handler<P, R> = (
  context: ServerContext,
  params: P,
  token: CancellationToken,
) => Promise<R>;

/**
 * How long an answer may take: `interactive` ones are asked while typing and must take a few
 * milliseconds; `long` ones report progress and can be cancelled.
 */
export type Latency = "interactive" | "prompt" | "long";

export interface Route {
  readonly method: string;
  readonly latency: Latency;
  readonly handle: (
    context: ServerContext,
    params: unknown,
    token: CancellationToken,
  ) => Promise<unknown>;
}

/** What the methods of custom requests begin with. */
const OWN = "llmspellState/";

/** One line of the server's table. The method's own types say what the wire brings. */
export function route<P, R>(
  type: { readonly method: string; readonly _?: readonly [P, R, ...unknown[]] | undefined },
  latency: Latency,
  handler: Handler<P, R>,
): Route {
  const { method } = type;
  const own = method.startsWith(OWN) ? method.slice(OWN.length) : undefined;
  return {
    method,
    latency,
    handle: async (context, params, token) => {
      if (own === undefined) return await handler(context, params as P, token);
      // Where nothing has to be said, editors leave the parameters out.
      const given = params ?? {};
      checkParams(own, given);
      return await handler(context, given as P, token);
    },
  };
}

/**
 * Runs a route for the wire: a cancelled request answers so, a {@link StateError} becomes a response
 * error with its Problem as data, and a defect is logged before it is answered as one. Where the user
 * only typed or pointed (`interactive`), a failure is no answer rather than an error in their face: a
 * store that cannot be read is reported once, by `stores`.
 */
export async function answer(
  context: ServerContext,
  { method, latency, handle }: Route,
  params: unknown,
  token: CancellationToken,
): Promise<unknown> {
  try {
    await context.ready;
    const result = await handle(context, params, token);
    if (token.isCancellationRequested) return cancelled();
    return result;
  } catch (error) {
    if (token.isCancellationRequested) return cancelled();
    if (error instanceof Outdated) return outdated();
    if (!(error instanceof StateError)) {
      context.connection.console.error(`${method} failed: ${stackOf(error)}`);
    }
    const problem = toProblem(error);
    if (latency === "interactive") return null;
    return new ResponseError(PROBLEM_ERROR_CODE, `${problem.message} ${problem.next}`, problem);
  }
}

function cancelled(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.");
}

function outdated(): ResponseError<void> {
  return new ResponseError(LSPErrorCodes.ContentModified, "The document has changed meanwhile.");
}

/** The stack of a thrown thing, for the log. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
