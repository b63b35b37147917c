import { nearest } from "../../../../shared/src/nearest.ts";
import { parseValue } from "../../engine/values/parse.ts";
import type { Span } from "../../language/model.ts";
import { count } from "../format.ts";
import { broadKind, type Form } from "./form.ts";
import { type KnownForm, LARGEST_LOOKED_AT } from "./known-form.ts";
import { type Located, locate } from "./located-json.ts";

/** Something in a value's text that is other than all that is known of such values. */
export interface Mismatch {
  readonly span: Span;
  readonly message: string;
}

/** Most that are told of one text. */
const MOST = 50;

/**
 * What stands out in the text of a value that is being edited: parts of another kind than they have
 * anywhere else, and names that are most likely slips. All of it could be stored. Nothing where the
 * text is no value, has masked parts or is very long.
 */
export function mismatches(text: string, known: KnownForm): readonly Mismatch[] {
  if (known.masked || text.length > LARGEST_LOOKED_AT || !isValue(text)) return [];
  const found: Mismatch[] = [];
  compare(locate(text), known.root, "The value", { known, found });
  return found;
}

interface Context {
  readonly known: KnownForm;
  readonly found: Mismatch[];
}

function isValue(text: string): boolean {
  try {
    parseValue(text);
    return true;
  } catch {
    return false;
  }
}

function compare(located: Located, form: Form, subject: string, context: Context): void {
  const { found } = context;
  if (found.length >= MOST) return;
  const kind = broadKind(located.kind);
  const kinds = new Set([...form.kinds].map(broadKind));
  const evidence =
    kinds.size === 0 || kinds.has(kind) ? undefined : evidenceFor(form, context.known);
  if (evidence !== undefined) {
    const known = [...kinds].map(article).join(" or ");
    const where = kinds.size === 1 ? evidence : "elsewhere";
    found.push({
      span: located,
      message: `${subject} is ${article(kind)} here, and ${known} ${where}.`,
    });
    return;
  }
  const { items } = form;
  if (items !== undefined) {
    for (const item of located.items) compare(item, items, "This item", context);
  }
  const names = new Set(located.fields.map(({ name }) => name));
  const missing = [...form.fields.keys()].filter((name) => !names.has(name));
  for (const { name, nameSpan, value } of located.fields) {
    const field = form.fields.get(name);
    if (field !== undefined) {
      compare(value, field, JSON.stringify(name), context);
      continue;
    }
    const meant = nearest(name, missing);
    if (meant === undefined || found.length >= MOST) continue;
    const quoted = JSON.stringify(name);
    const message = `${quoted} is in no other value and saved by no script; ${JSON.stringify(meant)} is.`;
    found.push({ span: nameSpan, message });
  }
}

/** Who says so, as the end of a sentence; undefined where that is too little to go by. */
function evidenceFor({ savedKindAt, own, others }: Form, { like }: KnownForm): string | undefined {
  if (savedKindAt !== undefined)
    return `where ${savedKindAt.file}:${savedKindAt.line + 1} saves it`;
  if (own) return "in what is stored";
  if (like === undefined || others < 2) return undefined;
  return `in ${count(others, "other value")} of ${like}`;
}

function article(kind: string): string {
  return /^[aio]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
