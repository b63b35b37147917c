import type { Variable } from "../scope/variables.ts";
import type { KnownText } from "./known-text.ts";

/** A part of a computed text: literal, a function's own parameter, or anything. */
export type Piece = string | Variable | undefined;

/** What is known of a text, parameters still open: the texts of wrappers are made from these. */
export type Template = readonly Piece[];

export const ANYTHING: Template = [undefined];

const MAX_PIECES = 40;
const MAX_LENGTH = 2000;

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

/** The text as others see it: parameters are anything. */
export function knownText(template: Template): KnownText {
  const [only] = template;
  if (template.length === 1 && typeof only === "string") return { kind: "exact", text: only };
  if (template.every((piece) => typeof piece !== "string")) return { kind: "unknown" };
  const parts: (string | null)[] = [];
  for (const piece of template) {
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
