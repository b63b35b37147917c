import type { Variable } from "../scope/variables.ts";
import type { Expression } from "../syntax/ast.ts";
import type { KnownText } from "./known-text.ts";

/**
 * What a function is given and text is made of: a parameter (or `self`), or a field in it. Known where
 * the function is called.
 */
export interface Hole {
  readonly kind: "hole";
  readonly variable: Variable;
  /** `["ns"]` of `self.ns`. */
  readonly path: readonly string[];
  /** What it is where it stands, whoever calls: the field of a class that all objects share. */
  readonly here?: Template | undefined;
  /** What stands in for it where it is not given: `ns or "cache"`. */
  readonly otherwise?: Template | undefined;
  /** The same, and where it is written. */
  readonly fallback?: Alternative | undefined;
}

/** One of several texts; which, is only known when the script runs. */
export interface Choice {
  readonly kind: "choice";
  readonly of: readonly Alternative[];
  /** Choices by the same thing are made together: the fields of one record of a list. */
  readonly by?: object;
}

export interface Alternative {
  readonly template: Template;
  /** The expression in this script that gives it. */
  readonly at: Expression | undefined;
}

/** A part of a computed text: literal, given to a function, one of several, or anything. */
export type Piece = string | Hole | Choice | undefined;

/** What is known of a text, parameters still open: the texts of wrappers are made from these. */
export type Template = readonly Piece[];

export const ANYTHING: Template = [undefined];

const MAX_PIECES = 40;
const MAX_LENGTH = 2000;
/** More texts than this are not told one by one. */
export const MAX_TEXTS = 64;

/** The pieces one after another, literal neighbours joined; too long a text is anything. */
export function joinTemplates(templates: readonly Template[]): Template {
  const pieces: Piece[] = [];
  let length = 0;
  for (const piece of templates.flat()) {
    const last = pieces.at(-1);
    if (typeof piece === "string") {
      length += piece.length;
      if (piece === "" && pieces.length > 0) continue;
      if (typeof last === "string") pieces[pieces.length - 1] = last + piece;
      else pieces.push(piece);
    } else if (piece !== undefined || last !== undefined || pieces.length === 0) {
      if (last === "") pieces.pop();
      pieces.push(piece);
    }
  }
  if (pieces.length > MAX_PIECES || length > MAX_LENGTH) return ANYTHING;
  return pieces.length === 0 ? [""] : pieces;
}

/** One of several texts; those that are themselves one of several are put among them. */
export function oneOf(alternatives: readonly Alternative[]): Template {
  const flat = alternatives.flatMap((alternative) => {
    const [only, ...more] = alternative.template;
    return isChoice(only) && more.length === 0 ? only.of : [alternative];
  });
  if (flat.length > MAX_TEXTS) return ANYTHING;
  const known = flat.some(({ template }) => template.some((piece) => piece !== undefined));
  return known ? [{ kind: "choice", of: flat }] : ANYTHING;
}

/** Texts that are given together, no choices in them. */
export interface Combination {
  readonly templates: readonly Template[];
  /** For each, the expression that gives it where it is one of several. */
  readonly at: readonly (Expression | undefined)[];
}

/** All that some texts may be together; where that is too much, choices are anything. */
export function combinations(templates: readonly Template[]): readonly Combination[] {
  if (!templates.some(hasChoice)) return [{ templates, at: templates.map(() => undefined) }];
  const found: Combination[] = [];
  const pending: Combination[] = [{ templates, at: templates.map(() => undefined) }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const choice = next.templates.flat().find(isChoice);
    if (choice === undefined) {
      found.push(next);
    } else if (found.length + pending.length + choice.of.length > MAX_TEXTS) {
      return [{ templates: templates.map(withoutChoices), at: templates.map(() => undefined) }];
    } else {
      for (let i = choice.of.length - 1; i >= 0; i--) pending.push(chosen(next, choice, i));
    }
  }
  return found;
}

/** The same with alternative `i` of a choice, and of those that are made with it. */
function chosen({ templates, at }: Combination, choice: Choice, i: number): Combination {
  const places = [...at];
  const filled = templates.map((template, n) => {
    if (!hasChoice(template)) return template;
    return joinTemplates(
      template.map((piece) => {
        const same =
          piece === choice ||
          (choice.by !== undefined && isChoice(piece) && piece.by === choice.by);
        if (!same || !isChoice(piece)) return [piece];
        places[n] = piece.of[i]?.at ?? places[n];
        return piece.of[i]?.template ?? ANYTHING;
      }),
    );
  });
  return { templates: filled, at: places };
}

/** The template with defaults among what it may be: `ns or "cache"` is anything or that. */
export function withDefaults(template: Template): Template {
  if (!template.some((piece) => isHole(piece) && piece.fallback !== undefined)) return template;
  return template.map((piece) => {
    if (!isHole(piece) || piece.fallback === undefined) return piece;
    return { kind: "choice", of: [{ template: ANYTHING, at: undefined }, piece.fallback] };
  });
}

function withoutChoices(template: Template): Template {
  return hasChoice(template)
    ? joinTemplates(template.map((piece) => (isChoice(piece) ? ANYTHING : [piece])))
    : template;
}

/** The template with every hole replaced. */
export function fill(template: Template, given: (hole: Hole) => Template): Template {
  if (!template.some((piece) => piece !== undefined && typeof piece !== "string")) return template;
  return joinTemplates(
    template.map((piece) => {
      if (piece === undefined || typeof piece === "string") return [piece];
      if (piece.kind === "hole") return given(piece);
      const of = piece.of.map(({ template: one, at }) => ({ template: fill(one, given), at }));
      return [{ ...piece, of }];
    }),
  );
}

/** The text as others see it: what is given, and which of several it is, is anything. */
export function knownText(template: Template): KnownText {
  const seen = template.some((piece) => isHole(piece) && piece.here !== undefined)
    ? joinTemplates(template.map((piece) => (isHole(piece) && piece.here) || [piece]))
    : template;
  const [only] = seen;
  if (seen.length === 1 && typeof only === "string") return { kind: "exact", text: only };
  if (seen.every((piece) => typeof piece !== "string")) return { kind: "unknown" };
  const parts: (string | null)[] = [];
  for (const piece of seen) {
    const part = typeof piece === "string" ? piece : null;
    if (part !== null || parts.at(-1) !== null || parts.length === 0) parts.push(part);
  }
  return { kind: "pattern", parts };
}

/** The template of a text that is known from elsewhere. */
export function templateOf(text: KnownText): Template {
  if (text.kind === "exact") return [text.text];
  return text.kind === "unknown" ? ANYTHING : text.parts.map((part) => part ?? undefined);
}

/** The one hole that a template is. */
export function soleHole([only, ...more]: Template): Hole | undefined {
  return isHole(only) && more.length === 0 ? only : undefined;
}

function isHole(piece: Piece): piece is Hole {
  return typeof piece === "object" && piece.kind === "hole";
}

export function hasChoice(template: Template): boolean {
  return template.some(isChoice);
}

function isChoice(piece: Piece): piece is Choice {
  return typeof piece === "object" && piece.kind === "choice";
}
