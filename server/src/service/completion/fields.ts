import { previewValue } from "../../engine/values/preview.ts";
import { isArrayValue } from "../../engine/values/value.ts";
import type { Place, ScriptModel } from "../../language/model.ts";
import { likelyValues, savedFields } from "../loaded.ts";
import { escapeFor, isLuaName, longLevel, luaString } from "../lua-strings.ts";
import type { CompleteOptions, Completion, CompletionItem } from "../types.ts";
import { LISTED, sortable } from "./target.ts";

const DETAIL = 60;

type Field = Place & { readonly kind: "field" };

/** Fields of a loaded value: those that are stored with their values, then those that scripts save. */
export async function completeFields(
  { model, view, workspace, offset }: CompleteOptions,
  place: Field,
): Promise<Completion> {
  const { object, nameSpan, literal } = place;
  // `p:` calls a method, and values from State have none.
  if (literal === undefined && model.text[nameSpan.start - 1] !== ".") {
    return { items: [], isIncomplete: false };
  }
  const details = new Map<string, string>();
  for (const value of view === undefined ? [] : await likelyValues(model, object, view)) {
    if (typeof value !== "object" || isArrayValue(value)) continue;
    for (const [name, part] of value) {
      const room = details.size < LISTED && !details.has(name);
      if (room) details.set(name, previewValue(part, DETAIL));
    }
  }
  for (const { name, file } of savedFields(model, object, workspace)) {
    const typing = name === place.name;
    if (details.has(name) || typing || details.size >= LISTED) continue;
    details.set(name, `saved in ${file ?? "this script"}`);
  }
  const end = literal?.closed === false ? offset : nameSpan.end;
  const items = [...details].flatMap(([name, detail], index): CompletionItem[] => {
    const written = writtenField(model, place, name);
    if (written === undefined) return [];
    const { text, before } = written;
    return [
      {
        label: name,
        kind: "field",
        detail,
        insertText: text,
        span: { start: nameSpan.start - before, end },
        sortText: sortable(index),
        filterText: before === 0 ? text : `.${name}`,
      },
    ];
  });
  return { items, isIncomplete: false };
}

/** A field's name as it is written there; `before`: how much in front of it goes, as in `p["a-b"]`. */
function writtenField(
  { text: source }: ScriptModel,
  { literal }: Field,
  name: string,
): { readonly text: string; readonly before: number } | undefined {
  if (literal !== undefined) {
    const text = escapeFor(literal.quote, name, longLevel(source, literal));
    return text === undefined ? undefined : { text, before: 0 };
  }
  if (isLuaName(name)) return { text: name, before: 0 };
  return { text: `[${luaString(name)}]`, before: 1 };
}
