import type { Shape } from "../../language/flow/shape.ts";
import type { Place, ScriptModel, Span, Wrapper } from "../../language/model.ts";
import { placeAt } from "../../language/place.ts";
import type { WorkspaceView } from "../../language/workspace-view.ts";
import { loadedFrom } from "../loaded.ts";
import { functionName } from "./function-name.ts";
import { referencesTo, savesAmong } from "./references.ts";
import { targetAt } from "./target.ts";

/** A place in a script of the workspace, as UTF-16 offsets into its text. */
export interface CodePlace {
  readonly file: string;
  readonly span: Span;
}

export interface DefinitionOptions {
  readonly model: ScriptModel;
  readonly offset: number;
  /** How `workspace` names the script. */
  readonly file: string;
  readonly workspace: WorkspaceView;
}

/**
 * Where what stands at an offset (UTF-16) comes from: of a key or namespace its saves, of a field of
 * a loaded value the fields that are saved, of a call that reaches State through a function of the
 * scripts that function.
 */
export function definition(options: DefinitionOptions): readonly CodePlace[] {
  const { model, offset, workspace } = options;
  const wrapper = wrapperAt(model, offset);
  if (wrapper !== undefined) return wrapperPlaces(wrapper, options);
  const place = placeAt(model, offset);
  if (place.kind === "field") return fieldPlaces(place, options);
  const target = targetAt(model, offset);
  if (target === undefined) return [];
  return savesAmong(referencesTo(workspace, target)).map(({ file, place: { start, end } }) => ({
    file,
    span: { start, end },
  }));
}

function wrapperAt(model: ScriptModel, offset: number): Wrapper | undefined {
  return model
    .usesNear(offset)
    .wrapperUses.find(({ memberSpan }) => offset >= memberSpan.start && offset <= memberSpan.end)
    ?.wrapper;
}

function wrapperPlaces(
  { module, span }: Wrapper,
  { model, file, workspace }: DefinitionOptions,
): CodePlace[] {
  if (module === undefined) return [{ file, span: functionName(model, span) }];
  const found = workspace.modulesOf(file).find(({ name }) => name === module);
  return found?.file === undefined ? [] : [{ file: found.file, span }];
}

function fieldPlaces(
  { object, name }: Place & { readonly kind: "field" },
  { model, workspace }: DefinitionOptions,
): CodePlace[] {
  return loadedFrom(model, object).flatMap(({ namespace, key, path }) =>
    workspace
      .usesOf({ kind: "exact", text: namespace }, { kind: "exact", text: key })
      .same.flatMap(({ file, value }) => {
        const span = value && fieldSpan(value, [...path, name]);
        return span === undefined ? [] : [{ file, span }];
      }),
  );
}

function fieldSpan(value: Shape, path: readonly string[]): Span | undefined {
  let shape = value;
  let span: Span | undefined;
  for (const name of path) {
    const field = shape.kind === "table" && shape.fields.find((one) => one.name === name);
    if (!field) return undefined;
    shape = field.shape;
    span = field.span;
  }
  return span;
}
