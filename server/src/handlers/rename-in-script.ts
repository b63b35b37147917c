import type { PrepareRenameParams, Range, RenameParams } from "vscode-languageserver/node";
import { referencesIn } from "../service/navigation/references.ts";
import { type RenameEdit, renameEdits } from "../service/rename/edits.ts";
import { openingOf, type Renaming } from "../service/rename/name.ts";
import { prepareRename as prepare } from "../service/rename/prepare.ts";
import type { OpenScript, ScriptContext } from "./context.ts";
import { rangeOf } from "./positions.ts";

/** LSP 3.17 textDocument/prepareRename. @throws StateError `computed-name` */
export async function prepareRename(
  _: ScriptContext,
  { document, model }: OpenScript,
  { position }: PrepareRenameParams,
): Promise<{ range: Range; placeholder: string } | null> {
  const prepared = prepare(model, document.offsetAt(position));
  if (prepared === undefined) return null;
  return { range: rangeOf(document, prepared.span), placeholder: prepared.placeholder };
}

/** What a new name at a position means; null where nothing of State stands. @throws StateError `computed-name` */
export async function renamingAt(
  _: ScriptContext,
  { document, model }: OpenScript,
  { position, newName }: RenameParams,
): Promise<Renaming | null> {
  return prepare(model, document.offsetAt(position))?.renaming(newName) ?? null;
}

/** What a renaming changes in a script. @throws StateError `name-set-elsewhere` */
export async function renameIn(
  _: ScriptContext,
  { model }: OpenScript,
  renaming: Renaming,
): Promise<readonly RenameEdit[]> {
  return renameEdits(model, renaming);
}

/** Whether a script uses the new name of a renaming. */
export async function usesNewName(
  _: ScriptContext,
  { workspace, file }: OpenScript,
  { of, namespace, extent, to }: Renaming,
): Promise<boolean> {
  if (extent !== "whole") {
    return workspace
      .usesIn(file)
      .some((use) => openingOf(of === "key" ? use.key : use.namespace).startsWith(to));
  }
  const name = { kind: "exact", text: to } as const;
  const wanted = of === "namespace" ? { namespace: name } : { namespace, key: name };
  return referencesIn(workspace, file, wanted).some(({ uncertain }) => !uncertain);
}
