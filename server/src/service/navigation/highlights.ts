import type { ScriptModel, Span } from "../../language/model.ts";
import type { WorkspaceView } from "../../language/workspace-view.ts";
import { referencesIn } from "./references.ts";
import { targetAt } from "./target.ts";

export interface Highlight {
  readonly span: Span;
  readonly kind: "read" | "write";
}

/** The places in this script that touch what stands at an offset (UTF-16). */
export function highlights({
  model,
  offset,
  file,
  workspace,
}: {
  readonly model: ScriptModel;
  readonly offset: number;
  readonly file: string;
  readonly workspace: WorkspaceView;
}): readonly Highlight[] {
  const target = targetAt(model, offset);
  if (target === undefined) return [];
  return referencesIn(workspace, file, target).map(({ place: { start, end }, access }) => ({
    span: { start, end },
    kind: access === "write" || access === "delete" ? "write" : "read",
  }));
}
