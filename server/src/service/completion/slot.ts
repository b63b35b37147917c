import type { Argument, ScriptModel, Span, Surroundings } from "../../language/model.ts";
import type { StringLiteral } from "../../language/syntax/ast.ts";
import { escapeFor, longLevel, luaString } from "../lua-strings.ts";
import { pieceIn, type WrittenPiece } from "../written-place.ts";

/** The text that a completion goes into. */
export interface Slot {
  /** What is replaced. */
  readonly span: Span;
  /** Decoded text between the beginning of the slot and the cursor. */
  readonly typed: string;
  /** The text goes on after this string: `"profile:|" .. id`. */
  readonly open: boolean;
  /** The part of `text` that belongs here, and that part as it must be written; undefined: none. */
  readonly part: (text: string) => { readonly label: string; readonly written: string } | undefined;
  /** Writes a text of which parts are computed; absent where that cannot be done here. */
  readonly computed?: ComputedSlot;
}

/** Where a concatenation goes instead of a string. */
interface ComputedSlot {
  /** What is replaced, the closing quote too. */
  readonly span: Span;
  /** A snippet for a text whose `null` parts are to be filled in: `profile:" .. ${1:value}`. */
  readonly snippet: (parts: readonly (string | null)[]) => string | undefined;
}

/**
 * The slot at an offset of an argument: within a string of any kind, closed or not, also one of
 * several or of a concatenation; or where nothing is written yet (then it is written with quotes).
 */
export function slotAt(
  model: ScriptModel,
  offset: number,
  argument: Argument | undefined,
): Slot | undefined {
  if (argument === undefined || argument.expression.kind === "Missing") {
    return {
      span: { start: offset, end: offset },
      typed: "",
      open: false,
      part: writtenBy(luaString),
      computed: {
        span: { start: offset, end: offset },
        snippet: (parts) => concatenated(parts, luaString),
      },
    };
  }
  const piece = pieceIn(model, offset, argument.expression);
  return piece && slotOf(model, offset, piece);
}

/** The slot of a string that is a name, or a part of one. */
export function slotOf(model: ScriptModel, offset: number, piece: WrittenPiece): Slot | undefined {
  const { literal, before, open } = piece;
  const slot = literalSlot(model.text, offset, literal, open);
  return slot && slotWithin(slot, before === "" ? undefined : { before, after: "" });
}

function writtenBy(write: (text: string) => string | undefined): Slot["part"] {
  return (text) => {
    const written = write(text);
    return written === undefined ? undefined : { label: text, written };
  };
}

/** The slot of a wrapper's argument, which is only a part of the name that State is given. */
export function slotWithin(slot: Slot, within: Surroundings | undefined): Slot {
  if (within === undefined) return slot;
  const { before, after } = within;
  const { computed: _, ...inside } = slot;
  return {
    ...inside,
    typed: before + slot.typed,
    part: (text) => {
      const middle = text.slice(before.length, text.length - after.length);
      const fits = middle !== "" && before + middle + after === text;
      return fits ? slot.part(middle) : undefined;
    },
  };
}

function literalSlot(
  source: string,
  offset: number,
  literal: StringLiteral,
  open: boolean,
): Slot | undefined {
  const { contentSpan, quote } = literal;
  if (offset < contentSpan.start || offset > contentSpan.end) return undefined;
  // The line break after `[[` is not part of the string.
  const skipped =
    quote === "long"
      ? (/^\r?\n/.exec(source.slice(contentSpan.start, offset))?.[0].length ?? 0)
      : 0;
  const start = contentSpan.start + skipped;
  // What follows an unclosed string on its line is the rest of the statement, not of the text.
  const end = literal.closed ? contentSpan.end : offset;
  if (source.slice(start, end).includes("\n")) return undefined;
  const level = longLevel(source, literal);
  return {
    span: { start, end },
    typed: decodeTyped(source.slice(start, offset), quote),
    open,
    part: writtenBy((text) => escapeFor(quote, text, level)),
    ...(quote === "long" || open
      ? {}
      : {
          computed: inQuotes(literal.quote, {
            start,
            end: literal.closed ? literal.span.end : offset,
          }),
        }),
  };
}

/** Ends the string in which the cursor is where something computed follows. */
function inQuotes(quote: StringLiteral["quote"], span: Span): ComputedSlot {
  const mark = quote === "'" ? "'" : '"';
  return {
    span,
    snippet: (parts) => {
      const whole = concatenated(parts, (text) => `${mark}${escapeFor(quote, text) ?? ""}${mark}`);
      return whole?.startsWith(mark) ? whole.slice(1) : undefined;
    },
  };
}

/** `"profile:" .. ${1:value}` */
function concatenated(
  parts: readonly (string | null)[],
  write: (text: string) => string | undefined,
): string | undefined {
  let holes = 0;
  const written = parts.map((part) =>
    part === null ? `\${${++holes}:value}` : write(part)?.replace(/[\\$}]/g, "\\$&"),
  );
  return written.includes(undefined) ? undefined : written.join(" .. ");
}

/** The text that `raw`, the beginning of a string's content, stands for; escapes that matter here. */
function decodeTyped(raw: string, quote: StringLiteral["quote"]): string {
  if (quote === "long") return raw;
  return raw.replace(/\\(?:x([0-9A-Fa-f]{2})|(["'\\])|(t)|.)/gs, (_, hex, same, tab) =>
    hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : (same ?? (tab ? "\t" : "")),
  );
}
