import type { Hover, HoverParams } from "vscode-languageserver/node";
import { hover as hoverAt } from "../service/hover.ts";
import type { Links } from "../service/types.ts";
import { type OpenScript, type ScriptContext, type ScriptFolder, uriOf } from "./context.ts";
import { rangeOf } from "./positions.ts";

/** LSP 3.17 textDocument/hover in a script */
export async function hover(
  context: ScriptContext,
  { document, folder, model, workspace }: OpenScript,
  { position }: HoverParams,
): Promise<Hover | null> {
  const found = await hoverAt({
    model,
    offset: document.offsetAt(position),
    view: folder?.view(),
    workspace,
    configuration: folder?.configuration,
    leaveMembers: context.settings.luaLibrary,
    now: Date.now(),
    links: linksFor(context, folder),
  });
  if (found === undefined) return null;
  return {
    range: rangeOf(document, found.span),
    contents: { kind: "markdown", value: found.markdown },
  };
}

function linksFor({ options }: ScriptContext, folder: ScriptFolder | undefined): Links {
  const script = (file: string, line: number) => `${uriOf(folder, file)}#L${line + 1}`;
  if (options.commandLinks !== true || folder === undefined) return { script };
  return {
    script,
    command: (name, entry) => {
      const given = encodeURIComponent(JSON.stringify([{ store: folder.id, ...entry }]));
      return `command:llmspellState.${name}?${given}`;
    },
  };
}
