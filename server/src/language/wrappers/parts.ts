import type { FunctionExpression } from "../syntax/ast.ts";
import { ANYTHING, joinTemplates, type Piece, type Template } from "../values/template.ts";
import type { EffectPart } from "./summary.ts";

/** A text as a function makes it: its parameters by their places, other variables are anything. */
export function partsOf(template: Template, node: FunctionExpression): readonly EffectPart[] {
  return template.map((piece) => partOf(piece, node));
}

function partOf(piece: Piece, node: FunctionExpression): EffectPart {
  if (typeof piece === "string") return piece;
  if (piece?.declaration === undefined || piece.owner !== node) return null;
  const parameter = node.parameters.indexOf(piece.declaration);
  return parameter < 0 ? null : { parameter };
}

/** The text for a call that gives the parameters these texts; undefined: not given. */
export function templateFor(
  parts: readonly EffectPart[],
  argument: (parameter: number) => Template | undefined,
): Template {
  return joinTemplates(
    parts.map((part) => {
      if (part === null) return ANYTHING;
      return typeof part === "string" ? [part] : (argument(part.parameter) ?? ANYTHING);
    }),
  );
}
