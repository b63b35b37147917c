import type { Hover, HoverParams } from "vscode-languageserver/node";
import { hover as hoverAt } from "../service/hover.ts";
import type { Links } from "../service/types.ts";
import type { StateFolder } from "../workspace/folder.ts";
import { hoverConfiguration } from "./configuration-language.ts";
import { type ServerContext, scriptAt, uriOf } from "./context.ts";
import { rangeOf } from "./positions.ts";

/** LSP 3.17 textDocument/hover */
export async function hover(
  context: ServerContext,
  { textDocument, position }: HoverParams,
): Promise<Hover | null> {
  const script = scriptAt(context, textDocument.uri);
  if (script === undefined) return hoverConfiguration(context, textDocument.uri, position);
  const { document, folder, model, workspace } = script;
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

function linksFor({ options }: ServerContext, folder: StateFolder | undefined): Links {
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
