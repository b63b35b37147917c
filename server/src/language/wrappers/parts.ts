import type { Variable } from "../scope/variables.ts";
import type { FunctionExpression } from "../syntax/ast.ts";
import { type Hole, knownText, type Piece, type Template } from "../values/template.ts";
import type { EffectPart } from "./summary.ts";

/** The same inside the script, where parameters of the functions around may still be open. */
export type LocalPart = EffectPart | Hole;

/** A State function that a function of the script calls, in terms of its parameters. */
export interface LocalEffect {
  readonly member: string;
  readonly args: readonly (readonly LocalPart[])[];
  /** Who is called is given, too: `f(...)` in `retry(3, State.load, ...)`; `member` is empty then. */
  readonly callee?: LocalPart;
}

/** A text as a function makes it: its parameters by their places, one of several is anything. */
export function partsOf(
  template: Template,
  node: FunctionExpression | undefined,
): readonly LocalPart[] {
  return template.map((piece) => partOf(piece, node));
}

/** The same for other scripts. @param maker the function that makes this one, if any */
export function plainParts(
  parts: readonly LocalPart[],
  maker: FunctionExpression | undefined,
): readonly EffectPart[] {
  return parts.map((part) => {
    if (part === null || typeof part === "string" || !("variable" in part)) return part;
    const made = maker === undefined ? -2 : parameterOf(part.variable, maker);
    return made === -2 ? null : { ...given(part, made), outer: true };
  });
}

function partOf(piece: Piece, node: FunctionExpression | undefined): LocalPart {
  if (typeof piece === "string") return piece;
  if (piece === undefined || piece.kind === "choice") return null;
  const parameter = node === undefined ? -2 : parameterOf(piece.variable, node);
  return parameter === -2 ? piece : given(piece, parameter);
}

function given({ path, otherwise, here }: Hole, parameter: number) {
  const instead = otherwise ?? here;
  return {
    parameter,
    ...(path.length === 0 ? {} : { path }),
    ...(instead === undefined ? {} : { otherwise: known(instead) }),
  };
}

/** What is known of a text without what is given. */
function known(template: Template): readonly EffectPart[] {
  const text = knownText(template);
  if (text.kind === "exact") return [text.text];
  return text.kind === "unknown" ? [null] : text.parts;
}

/** 0-based, -1 for `self`; -2: it is none of the function's. */
function parameterOf(variable: Variable, node: FunctionExpression): number {
  const { kind, owner, declaration, extra } = variable;
  if (owner !== node) return -2;
  if (extra !== undefined) return node.parameters.length + extra;
  if (kind === "self") return -1;
  const at = declaration === undefined ? -1 : node.parameters.indexOf(declaration);
  return at < 0 ? -2 : at;
}
