import { type InlayHint, InlayHintKind, type InlayHintParams } from "vscode-languageserver/node";
import { liveHints } from "../service/live/hints.ts";
import type { OpenScript, ScriptContext } from "./context.ts";

/** LSP 3.17 textDocument/inlayHint: what is stored now, behind the calls that load it. */
export async function inlayHint(
  { settings }: ScriptContext,
  { document, folder, model }: OpenScript,
  { range }: InlayHintParams,
): Promise<InlayHint[] | null> {
  const view = folder?.view();
  if (view === undefined || !settings.inlayHints) return null;
  const within = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const found = await liveHints({ model, view, within, now: Date.now() });
  return found.map(({ offset, label, tooltip }) => ({
    position: document.positionAt(offset),
    label,
    kind: InlayHintKind.Type,
    paddingLeft: true,
    ...(tooltip === undefined ? {} : { tooltip: { kind: "markdown" as const, value: tooltip } }),
  }));
}
