import type { LoadedFrom } from "../../server/src/language/flow/loads.ts";
import type { KnownText, Place, ScriptModel, StateUse } from "../../server/src/language/model.ts";
import { placeAt } from "../../server/src/language/place.ts";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import type { ModuleSummary } from "../../server/src/language/wrappers/summary.ts";

/** The script without its `|` mark, understood, and the mark's offset. */
function atCursor(marked: string): { model: ScriptModel; offset: number; place: Place } {
  const offset = marked.indexOf("|");
  const model = buildScriptModel(marked.slice(0, offset) + marked.slice(offset + 1));
  return { model, offset, place: placeAt(model, offset) };
}

/** A place in one line: `member sa`, `load 1 "pro"`, `load 1 -` (nothing written), `none`. */
export function placeText(marked: string): string {
  const { model, place } = atCursor(marked);
  if (place.kind === "none") return "none";
  if (place.kind === "member") return `member ${place.use.member}`.trim();
  if (place.kind === "field") {
    const { object, name } = place;
    const loads = model.loads.of(object).map(loadText);
    return `field ${loads.join(" | ")} ${name}`.trimEnd();
  }
  const { argument } = place;
  const span = argument?.literal?.contentSpan;
  const written =
    span !== undefined
      ? JSON.stringify(model.text.slice(span.start, span.end))
      : argument === undefined
        ? "-"
        : model.text.slice(argument.span.start, argument.span.end);
  const { within } = place;
  const around = within === undefined ? "" : ` in ${within.before}_${within.after}`;
  return `${place.use.member} ${place.index} ${written}${around}`;
}

/** `user/profile:* .theme` */
export function loadText({ args, path }: LoadedFrom): string {
  const entry = args.map(textOf).join("/");
  return [entry, ...path.map((part) => part ?? "*")].join(".");
}

function textOf(text: KnownText): string {
  if (text.kind === "exact") return text.text;
  return text.kind === "unknown" ? "?" : text.parts.map((part) => part ?? "*").join("");
}

/** Every use in one line: `call save("user", profile:*)`. */
export function useTexts(source: string): string[] {
  return buildScriptModel(source).uses.map(useText);
}

/** What calls of wrappers do: `cacheSet: call save("cache", "k", ?) via wrapper`. */
export function wrapperTexts(
  source: string,
  modules: Readonly<Record<string, string>> = {},
): string[] {
  const lookup = (name: string): ModuleSummary | undefined => {
    const text = modules[name];
    return text === undefined ? undefined : buildScriptModel(text, lookup).module;
  };
  const { wrapperUses } = buildScriptModel(source, lookup);
  return wrapperUses.map((use) =>
    `${use.wrapper?.name}: ${useText(use)}`.replace(" via wrapper", ""),
  );
}

function useText(use: StateUse): string {
  const args = use.args.map(({ text }) =>
    text.kind === "exact" ? JSON.stringify(text.text) : textOf(text),
  );
  const call = use.argsSpan === undefined ? "" : `(${args.join(", ")})`;
  const via = use.via === "direct" ? "" : ` via ${use.via}`;
  return `${use.kind} ${use.member}${call}${use.method ? " method" : ""}${via}`.trimEnd();
}
