import { previewValue } from "../../engine/values/preview.ts";
import { isArrayValue } from "../../engine/values/value.ts";
import type { Place } from "../../language/model.ts";
import { savedFields, storedParts } from "../loaded.ts";
import { escapeFor, longLevel } from "../lua-strings.ts";
import type { CompleteOptions, Completion, CompletionItem } from "../types.ts";
import { LISTED, sortable } from "./target.ts";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const DETAIL = 60;

type Field = Place & { readonly kind: "field" };

/** Fields of a loaded value: those that are stored with their values, then those the script saves. */
export async function completeFields(
  { model, view, offset }: CompleteOptions,
  place: Field,
): Promise<Completion> {
  const { object, nameSpan, literal } = place;
  // `p:` calls a method, and values from State have none.
  if (literal === undefined && model.text[nameSpan.start - 1] === ":") {
    return { items: [], isIncomplete: false };
  }
  const details = new Map<string, string>();
  for (const { value } of view === undefined ? [] : await storedParts(model, object, view)) {
    if (typeof value !== "object" || isArrayValue(value)) continue;
    for (const [name, part] of value) {
      if (details.size < LISTED) details.set(name, previewValue(part, DETAIL));
    }
  }
  for (const { name } of savedFields(model, object)) {
    const typing = name === place.name;
    if (!details.has(name) && !typing) details.set(name, "saved in this script");
  }
  const end = literal?.closed === false ? offset : nameSpan.end;
  const items = [...details].flatMap(([name, detail], index): CompletionItem[] => {
    const written =
      literal === undefined
        ? NAME.test(name)
          ? name
          : undefined
        : escapeFor(literal.quote, name, longLevel(model.text, literal));
    if (written === undefined) return [];
    return [
      {
        label: name,
        kind: "key",
        detail,
        insertText: written,
        span: { start: nameSpan.start, end },
        sortText: sortable(index),
        filterText: written,
      },
    ];
  });
  return { items, isIncomplete: false };
}
