import { StateError } from "../../../../shared/src/errors.ts";
import { quote } from "../../../../shared/src/names.ts";
import type { Argument, KnownText, ScriptModel, Span, StateUse } from "../../language/model.ts";
import type { Variable } from "../../language/scope/variables.ts";
import type { StringLiteral } from "../../language/syntax/ast.ts";
import { touchedBy } from "../../language/touched.ts";
import { matches, overlaps } from "../../language/values/matching.ts";
import { eachOf } from "../../language/variants.ts";
import { allUses } from "../known-names.ts";
import { escapeFor, longLevel, luaString } from "../lua-strings.ts";
import { wholePieces } from "../written-place.ts";
import { beginningsOf, within } from "./beginnings.ts";
import { constantOf, firstLiteral } from "./literals.ts";
import { openingOf, type Renaming } from "./name.ts";

export interface RenameEdit {
  readonly span: Span;
  readonly newText: string;
  /** Why it should be looked at; absent: it is certain. */
  readonly doubt?: Doubt;
  /** The scripts go on working without it: left out where nobody can be asked. */
  readonly optional?: true;
}

/**
 * `pattern`: the beginning of other names too; `similar`: a name that begins so; `constant`: it is
 * used for other things too; `computed`: a string takes the place of a computation; `namespace`: it
 * may be a key of another namespace.
 */
export type Doubt = "pattern" | "similar" | "constant" | "computed" | "namespace";

/** A name in a call, as it is written and as it is known. */
interface Name {
  readonly use: StateUse;
  readonly known: KnownText;
  readonly argument: Argument;
  /** Around what is written, in the whole name. */
  readonly before: string;
  readonly after: string;
  /** undefined: a key of a namespace that is not known for sure. */
  readonly doubt: Doubt | undefined;
  /** The string stands elsewhere, where other things may use it too. */
  readonly elsewhere?: true;
}

/**
 * What a renaming changes in one script, in the order of the text, no two in one place.
 * @throws StateError `name-set-elsewhere` where a function adds what would have to change
 */
export function renameEdits(model: ScriptModel, renaming: Renaming): readonly RenameEdit[] {
  const edits = new Map<number, RenameEdit>();
  const uses = allUses(model).flatMap((use) => readings(use, renaming));
  const names = uses.flatMap((use) => namesIn(model, use, renaming));
  const constants = countConstants(model, names, renaming);
  for (const edit of names.flatMap((name) => editsOf(model, name, renaming, constants))) {
    const known = edits.get(edit.span.start);
    // The same string in two calls behind one wrapper: the surer one counts.
    if (known === undefined || (known.doubt !== undefined && edit.doubt === undefined)) {
      edits.set(edit.span.start, edit);
    }
  }
  const shared = keysOfOthers(model, uses, renaming);
  return [...edits.values()]
    .map((edit) => {
      const isShared = edit.doubt === undefined && shared.has(edit.span.start);
      return isShared ? { ...edit, doubt: "namespace" as const } : edit;
    })
    .sort((a, b) => a.span.start - b.span.start);
}

/**
 * Where keys are written that are keys of other namespaces, too: `repo:get("theme")`, where `repo` is
 * one of two.
 */
function keysOfOthers(
  model: ScriptModel,
  uses: readonly StateUse[],
  { of, namespace, extent }: Renaming,
): ReadonlySet<number> {
  const places = new Set<number>();
  if (of !== "key" || namespace.kind !== "exact") return places;
  for (const use of uses) {
    const { namespace: other, keyArgument } = touchedBy(use) ?? {};
    if (keyArgument === undefined) continue;
    if (other?.kind !== "exact" || other.text === namespace.text) continue;
    const begins = extent === "all" ? beginningsOf(model, keyArgument.expression) : [];
    const literals = [keyArgument.literal, ...begins.map(({ literal }) => literal)];
    for (const literal of literals) if (literal) places.add(contentOf(model, literal).start);
  }
  return places;
}

/**
 * A use for each of what its names may be. What they all begin with is changed once, where it is
 * written: `"lang:" .. code` for each code of a list.
 */
function readings(use: StateUse, renaming: Renaming): readonly StateUse[] {
  const beginning = renaming.extent !== "whole" && nameIn(use, renaming)?.known;
  return beginning && beginning.kind === "pattern" ? [use] : eachOf(use);
}

function namesIn(model: ScriptModel, use: StateUse, renaming: Renaming): readonly Name[] {
  const name = nameIn(use, renaming);
  if (name === undefined) return [];
  const { argument, known, before, after } = name;
  const { expression } = argument;
  if (argument.literal !== undefined || known.kind === "pattern") {
    const { span } = argument;
    const inCall = span.start >= use.span.start && span.end <= use.span.end;
    return [inCall ? name : { ...name, elsewhere: true }];
  }
  if (constantOf(model, expression) !== undefined) return [name];
  const whole = wholePieces(model, expression).map((literal): Name => {
    const inCall =
      literal.span.start >= argument.span.start && literal.span.end <= argument.span.end;
    return {
      ...name,
      known: { kind: "exact", text: before + literal.value + after },
      argument: { ...argument, literal },
      ...(inCall ? {} : { elsewhere: true }),
    };
  });
  return whole.length === 0 ? [name] : whole;
}

function nameIn(use: StateUse, { of, namespace, extent }: Renaming): Name | undefined {
  const touched = touchedBy(use);
  if (touched === undefined) return undefined;
  const isKey = of === "key";
  const known = isKey ? touched.key : touched.namespace;
  const argument = isKey ? touched.keyArgument : touched.namespaceArgument;
  if (known === undefined || argument === undefined) return undefined;
  if (argument.slot === undefined && argument.origin === undefined) return undefined;
  // With a namespace that is not known at all, any key of that name might be meant. Of all keys that
  // begin so it is asked: a function that is given the namespace may be what names them.
  if (isKey && touched.namespace.kind === "unknown" && extent !== "all") return undefined;
  if (isKey && !overlaps(touched.namespace, namespace)) return undefined;
  const prefix = isKey ? "" : (touched.member.namespacePrefix ?? "");
  const { before, after } = argument.within ?? { before: "", after: "" };
  const sure = !isKey || JSON.stringify(touched.namespace) === JSON.stringify(namespace);
  const doubt = sure ? undefined : "namespace";
  return { use, known, argument: written(argument), before: prefix + before, after, doubt };
}

/** What was given to the maker of a function is changed there. */
function written(argument: Argument): Argument {
  const { origin } = argument;
  if (origin === undefined) return argument;
  const literal = origin.kind === "String" ? origin : undefined;
  return { ...argument, expression: origin, span: origin.span, literal };
}

function editsOf(
  model: ScriptModel,
  name: Name,
  renaming: Renaming,
  constants: ReadonlyMap<Variable, number>,
): readonly RenameEdit[] {
  const edits =
    renaming.extent === "all" ? beginningEdits(model, name, renaming, constants) : undefined;
  if (edits !== undefined) return edits;
  const edit = editOf(model, name, renaming, constants);
  return edit === undefined ? [] : [edit];
}

function editOf(
  model: ScriptModel,
  name: Name,
  renaming: Renaming,
  constants: ReadonlyMap<Variable, number>,
): RenameEdit | undefined {
  if (name.known.kind === "unknown") return undefined;
  if (name.known.kind === "pattern") return patternEdit(model, name, name.known.parts, renaming);
  const to = newName(name.known.text, renaming);
  return to === undefined ? undefined : exactEdit(model, name, to, renaming, constants);
}

/**
 * New beginnings, where what changes of a name is in the string that it begins with; undefined where it is
 * not, and the name has to be written anew.
 */
function beginningEdits(
  model: ScriptModel,
  { use, known, argument, before, after, doubt, elsewhere }: Name,
  { from, to }: Renaming,
  constants: ReadonlyMap<Variable, number>,
): readonly RenameEdit[] | undefined {
  const text = openingOf(known).normalize("NFC");
  // What a function adds is changed there.
  if (!text.startsWith(from) || before.length >= from.length) return [];
  const found = beginningsOf(model, argument.expression);
  const fitting = found.filter((beginning) => (before + beginning.text).startsWith(from));
  if (fitting.length === 0) return undefined;
  if (!to.startsWith(before)) throw setElsewhere(use, before, after, to);
  return fitting.flatMap(({ literal, format, variable }) => {
    const added = to.slice(before.length);
    const kept = literal.value.slice(from.length - before.length);
    const written = (format ? added.replaceAll("%", "%%") : added) + kept;
    const newText = escapeFor(literal.quote, written, longLevel(model.text, literal));
    if (newText === undefined) return [];
    const shared =
      variable === undefined
        ? elsewhere === true || !within(literal.span, argument.span)
        : constants.get(variable) !== variable.references.length;
    return {
      span: contentOf(model, literal),
      newText,
      ...(shared ? { doubt: "constant" as const } : {}),
      ...(doubt === undefined ? {} : { doubt, optional: true as const }),
    };
  });
}

/** What an exactly known name becomes; undefined: it stays. */
function newName(text: string, { of, extent, from, to }: Renaming): string | undefined {
  const name = of === "key" ? text.normalize("NFC") : text;
  if (extent === "whole") return name === from.normalize("NFC") ? to : undefined;
  return name.startsWith(from) ? to + name.slice(from.length) : undefined;
}

function exactEdit(
  model: ScriptModel,
  { use, argument, before, after, doubt, elsewhere }: Name,
  to: string,
  { extent }: Renaming,
  constants: ReadonlyMap<Variable, number>,
): RenameEdit {
  const written = to.slice(before.length, Math.max(before.length, to.length - after.length));
  if (before + written + after !== to) throw setElsewhere(use, before, after, to);
  const uncertain =
    doubt === undefined && extent !== "beginning"
      ? {}
      : { doubt: doubt ?? ("similar" as const), optional: true as const };
  const constant = constantOf(model, argument.expression);
  const literal = argument.literal ?? constant?.literal;
  const text = literal && escapeFor(literal.quote, written, longLevel(model.text, literal));
  if (literal === undefined || text === undefined) {
    const span = argument.literal?.span ?? argument.span;
    // What gives several names is not to give one.
    const maybe = use.either === undefined ? optional(uncertain) : { optional: true as const };
    return { span, newText: luaString(written), doubt: "computed", ...maybe };
  }
  const shared =
    elsewhere === true ||
    (constant !== undefined &&
      argument.literal === undefined &&
      constants.get(constant.variable) !== constant.variable.references.length);
  return {
    span: contentOf(model, literal),
    newText: text,
    ...(shared ? { doubt: "constant" as const } : {}),
    ...uncertain,
  };
}

function setElsewhere(use: StateUse, before: string, after: string, to: string): StateError {
  const called = use.wrapper?.name ?? `State.${use.member}`;
  const added = `${before === "" ? "" : `${quote(before)} before`}${before !== "" && after !== "" ? " and " : ""}${after === "" ? "" : `${quote(after)} after`}`;
  return new StateError(
    "name-set-elsewhere",
    `${called} puts ${added} what it is given, so its calls cannot name ${quote(to)}.`,
    "Keep that part of the name, or rename it where the function adds it.",
  );
}

function optional(edit: { readonly optional?: true }): { optional?: true } {
  return edit.optional === undefined ? {} : { optional: true };
}

/** The beginning of a computed name. */
function patternEdit(
  model: ScriptModel,
  { known, argument, before, doubt }: Name,
  parts: readonly (string | null)[],
  renaming: Renaming,
): RenameEdit | undefined {
  const literal = firstLiteral(argument.expression);
  const beginning = parts[0];
  if (literal === undefined || typeof beginning !== "string") return undefined;
  if (beginning !== before + literal.value) return undefined;
  const to = newBeginning(beginning, known, renaming);
  if (to === undefined || to === beginning || !to.startsWith(before)) return undefined;
  const written = to.slice(before.length);
  const text = escapeFor(literal.quote, written, longLevel(model.text, literal));
  if (text === undefined) return undefined;
  const same = renaming.extent === "beginning" && beginning === renaming.from;
  return {
    span: contentOf(model, literal),
    newText: text,
    ...(same ? {} : { doubt: "pattern" as const, optional: true as const }),
    ...(doubt === undefined ? {} : { doubt, optional: true as const }),
  };
}

function newBeginning(
  beginning: string,
  known: KnownText,
  { extent, from, to }: Renaming,
): string | undefined {
  if (extent !== "whole") {
    return beginning.startsWith(from) ? to + beginning.slice(from.length) : undefined;
  }
  if (!matches(known, from)) return undefined;
  // Only where all that changes stands in the beginning: `profile:email` -> `account:email`.
  const kept = commonEnd(from, to);
  const changed = from.length - kept;
  if (beginning.length < changed) return undefined;
  return to.slice(0, to.length - kept) + beginning.slice(changed);
}

function commonEnd(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a.at(-1 - n) === b.at(-1 - n)) n++;
  return n;
}

/** How often each constant stands for a name that is renamed. */
function countConstants(
  model: ScriptModel,
  names: readonly Name[],
  renaming: Renaming,
): ReadonlyMap<Variable, number> {
  const places = new Map<Variable, Set<number>>();
  const isAll = renaming.extent === "all";
  for (const { known, argument } of names) {
    const text = isAll || known.kind === "exact" ? openingOf(known) : "";
    if (newName(text, renaming) === undefined) continue;
    const found = isAll
      ? beginningsOf(model, argument.expression)
      : [constantOf(model, argument.expression)];
    for (const variable of found.flatMap((one) => one?.variable ?? [])) {
      const counted = places.get(variable) ?? new Set<number>();
      places.set(variable, counted.add(argument.span.start));
    }
  }
  return new Map([...places].map(([variable, counted]) => [variable, counted.size]));
}

/** Between the quotes; of a long string without the line break after `[[`, which is no part of it. */
function contentOf(model: ScriptModel, literal: StringLiteral): Span {
  const { start, end } = literal.contentSpan;
  if (literal.quote !== "long") return { start, end };
  const skipped = /^(?:\r\n|\n\r|\n|\r)/.exec(model.text.slice(start, end))?.[0].length ?? 0;
  return { start: start + skipped, end };
}
