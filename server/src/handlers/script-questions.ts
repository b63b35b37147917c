import { codeAction } from "./code-action.ts";
import { codeLens, codeLensResolve } from "./code-lens.ts";
import { completion } from "./completion.ts";
import type { OpenScript, ScriptContext } from "./context.ts";
import { definition } from "./definition.ts";
import { documentHighlight } from "./document-highlight.ts";
import { documentLink } from "./document-link.ts";
import { hover } from "./hover.ts";
import { inlayHint } from "./inlay-hint.ts";
import { references } from "./references.ts";
import { prepareRename, renameIn, renamingAt, usesNewName } from "./rename-in-script.ts";
import { scriptDiagnostics } from "./script-findings.ts";
import { semanticTokens } from "./semantic-tokens.ts";
import { signatureHelp } from "./signature-help.ts";
import { documentSymbols } from "./symbols.ts";

/**
 * All that is asked about one open script. Parameters and answers are plain data: a long script is
 * understood in another thread.
 */
const questions = {
  codeAction,
  codeLens,
  codeLensResolve,
  completion,
  definition,
  diagnostics: scriptDiagnostics,
  documentHighlight,
  documentLink,
  documentSymbols,
  hover,
  inlayHint,
  prepareRename,
  references,
  renameIn,
  renamingAt,
  semanticTokens,
  signatureHelp,
  usesNewName,
};

export type Question = keyof typeof questions;
/** What a question is given; `unknown`: nothing that it looks at. */
export type Asked<Q extends Question> =
  Parameters<(typeof questions)[Q]> extends readonly [unknown, unknown, infer P] ? P : unknown;
export type Answered<Q extends Question> = Awaited<ReturnType<(typeof questions)[Q]>>;

type Answer<Q extends Question> = (
  context: ScriptContext,
  script: OpenScript,
  params: Asked<Q>,
) => Promise<Answered<Q>>;

const answers: { readonly [Q in Question]: Answer<Q> } = questions;

/** Whether a text names a question. */
export function isQuestion(text: string): text is Question {
  return Object.hasOwn(questions, text);
}

/** The answer to a question about a script. @throws what answering it throws */
export function answerAbout<Q extends Question>(
  context: ScriptContext,
  script: OpenScript,
  question: Q,
  params: Asked<Q>,
): Promise<Answered<Q>> {
  return answers[question](context, script, params);
}
