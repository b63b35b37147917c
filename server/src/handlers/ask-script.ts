import type { CancellationToken, CodeLens } from "vscode-languageserver/node";
import type { LensData } from "./code-lens.ts";
import { type ServerContext, scriptAt } from "./context.ts";
import { threadOf } from "./long-scripts/thread-of.ts";
import type { Handler } from "./route.ts";
import { type Answered, type Asked, answerAbout, type Question } from "./script-questions.ts";

/**
 * The answer to a question about the script that is open under a URI; undefined where there is none.
 * @throws what answering it throws; Outdated when its text changes meanwhile
 */
export async function askScript<Q extends Question>(
  context: ServerContext,
  uri: string,
  question: Q,
  params: Asked<Q>,
  token?: CancellationToken,
): Promise<Answered<Q> | undefined> {
  const thread = threadOf(context, uri);
  const answer = await thread?.ask({ question, params, uri, age: context.findings.age, token });
  // Of the same question to the same script.
  if (answer !== undefined) return answer.result as Answered<Q>;
  const script = scriptAt(context, uri);
  return script && (await answerAbout(context, script, question, params));
}

/** What names a script among parameters. */
interface InDocument {
  readonly textDocument: { readonly uri: string };
}

/**
 * A handler for a question about a script.
 * @param otherwise for other documents; without it they have no answer
 */
export function inScript<Q extends Question>(
  question: Q,
  otherwise?: Handler<Asked<Q> & InDocument, Answered<Q> | null>,
): Handler<Asked<Q> & InDocument, Answered<Q> | null> {
  return async (context, params, token) => {
    const found: Answered<Q> | undefined = await askScript(
      context,
      params.textDocument.uri,
      question,
      params,
      token,
    );
    if (found !== undefined) return found;
    return otherwise === undefined ? null : await otherwise(context, params, token);
  };
}

/** LSP 3.17 codeLens/resolve */
export async function resolveLens(
  context: ServerContext,
  lens: CodeLens,
  token: CancellationToken,
): Promise<CodeLens> {
  const data = lens.data as LensData | undefined;
  if (data === undefined) return lens;
  return (await askScript(context, data.uri, "codeLensResolve", lens, token)) ?? lens;
}
