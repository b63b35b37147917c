import type { KnownText, ScriptModel, Span, StateUse } from "../../language/model.ts";
import type { Block, CallExpression, Expression, IfStatement } from "../../language/syntax/ast.ts";
import { visitStatements } from "../../language/syntax/walk.ts";
import { argumentFor, touchedBy } from "../../language/touched.ts";
import { presence } from "../syntax/presence.ts";
import { isGlobal, origin, type Script, unwrap, variableOf } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";
import { Deletions } from "./deletions.ts";

/** An entry of State, as far as the names in a call tell. */
export interface Entry {
  /** The same for two calls that surely mean the same entry. */
  readonly name: string;
  readonly namespace: KnownText;
  readonly key: KnownText;
}

/** From where on an entry is stored, in the block where that is so and in all blocks inside. */
interface Stored extends Entry {
  readonly block: Block;
  readonly from: number;
}

/** The body of an `if` that runs where these entries are not stored, and what is behind it. */
interface Initialisation {
  readonly absent: ReadonlySet<string>;
  readonly block: Block;
  readonly from: number;
}

/**
 * Tells of a load, or of a call of the script's own function that gives a loaded value, whether the
 * script itself has stored a value on every way to it: by a save before it, or by
 * `if State.load(...) == nil then State.save(...) end`.
 */
export function surelyStored({ uses, chunk }: ScriptModel, script: Script) {
  const saved = new Map<Block, Stored[]>();
  const blocksAround = new Map<number, readonly Block[]>();
  const initialisations = new Map<Block, Initialisation>();
  const calls = new Map<string, CallExpression>();
  walkExpressions(chunk.body, (expression, { statement, blocks }) => {
    const block = blocks.at(-1);
    if (block === undefined) return;
    if (statement.kind === "If" && expression === statement.clauses[0]?.condition) {
      const absent = presentOtherwise(statement, script);
      initialisations.set(statement.clauses[0].body, { absent, block, from: statement.span.end });
    }
    if (expression.kind !== "Call") return;
    calls.set(placeOf(expression.span), expression);
    const use = script.useOf(expression);
    const entry = use && entryOf(use, script);
    if (use === undefined || entry === undefined) return;
    blocksAround.set(use.span.start, blocks);
    if (statement.kind !== "ExpressionStatement" || unwrap(statement.expression) !== expression)
      return;
    if (!isSave(use)) return;
    const saves = saved.get(block) ?? [];
    if (saves.push({ ...entry, block, from: use.span.end }) === 1) saved.set(block, saves);
  });
  const stored = Map.groupBy(
    [...saved].flatMap(([block, saves]) => {
      const outer = initialisations.get(block);
      // Whatever is saved together with what was absent has been there since.
      const first = outer !== undefined && saves.some(({ name }) => outer.absent.has(name));
      return first ? [...saves, ...saves.map((one) => ({ ...one, ...outer }))] : saves;
    }),
    ({ name }) => name,
  );
  const deletions = new Deletions(uses);
  const isStored = (load: StateUse): boolean => {
    const entry = entryOf(load, script);
    const blocks = blocksAround.get(load.span.start) ?? [];
    if (entry === undefined) return false;
    const deletedSince = (from: number) => deletions.between(from, load.span.start, entry);
    const listing = listedIn(load, script);
    if (listing !== undefined) return !deletedSince(listing.span.start);
    return (stored.get(entry.name) ?? []).some(
      (one) => one.from <= load.span.start && blocks.includes(one.block) && !deletedSince(one.from),
    );
  };
  return (load: Span): boolean => {
    const call = calls.get(placeOf(load));
    const callee = call && script.evaluator.value(call.callee);
    if (callee?.kind === "function") {
      const returned = returnedLoads(callee.node.body, script);
      return returned.length > 0 && returned.every(isStored);
    }
    const use = call && script.useOf(call);
    return use !== undefined && isStored(use);
  };
}

function placeOf({ start, end }: Span): string {
  return `${start}-${end}`;
}

/** `for _, k in ipairs(State.list_keys(ns)) do ... State.load(ns, k)`: the call that lists. */
function listedIn(load: StateUse, script: Script): StateUse | undefined {
  const { namespace, namespaceArgument, keyArgument } = touchedBy(load) ?? {};
  const variable = keyArgument && variableOf(script, keyArgument.expression);
  const [only, ...others] = variable?.definitions ?? [];
  if (only?.from?.kind !== "iteration" || only.from.index !== 1 || others.length > 0) return;
  const iterator = only.from.expression;
  if (iterator.kind !== "Call") return;
  if (!["ipairs", "pairs"].some((path) => isGlobal(script, iterator.callee, path))) return;
  const list = iterator.args[0] && origin(script, iterator.args[0]);
  const use = list?.kind === "Call" ? script.useOf(list) : undefined;
  const listed = use && touchedBy(use);
  if (namespace === undefined || listed?.member.access !== "list") return;
  const name = nameOf(namespace, namespaceArgument?.expression, script);
  const other = nameOf(listed.namespace, listed.namespaceArgument?.expression, script);
  return name !== undefined && name === other ? use : undefined;
}

/** The loads whose results the function with this body returns as they are. */
function returnedLoads(body: Block, script: Script): StateUse[] {
  const found: StateUse[] = [];
  visitStatements(body, (statement) => {
    const value = statement.kind === "Return" ? statement.values[0] : undefined;
    const call = value && origin(script, value);
    const use = call?.kind === "Call" ? script.useOf(call) : undefined;
    if (use !== undefined && touchedBy(use)?.member.access === "read") found.push(use);
  });
  return found;
}

/** The entry that a use is about; undefined where it may be another one each time. */
export function entryOf(use: StateUse, script: Script): Entry | undefined {
  const { namespace, key, namespaceArgument, keyArgument } = touchedBy(use) ?? {};
  if (namespace === undefined || key === undefined) return undefined;
  const first = nameOf(namespace, namespaceArgument?.expression, script);
  const second = nameOf(key, keyArgument?.expression, script);
  if (first === undefined || second === undefined) return undefined;
  return { name: `${first}\n${second}`, namespace, key };
}

/** A name for a text: the text, or how it is made of names that never get another value. */
function nameOf(
  known: KnownText,
  expression: Expression | undefined,
  script: Script,
): string | undefined {
  if (known.kind === "exact") return JSON.stringify(known.text);
  const made = expression === undefined ? undefined : making(expression, script);
  const around = known.kind === "pattern" ? known.parts.join("*") : "*";
  return made === undefined ? undefined : `${around} = ${made}`;
}

function making(expression: Expression, script: Script): string | undefined {
  const at = unwrap(expression);
  if (at.kind === "String") return JSON.stringify(at.value);
  if (at.kind === "Number") return at.raw;
  if (at.kind === "Binary" && at.operator === "..") {
    const [left, right] = [making(at.left, script), making(at.right, script)];
    return left === undefined || right === undefined ? undefined : `${left} .. ${right}`;
  }
  if (at.kind === "Member" && !at.method && at.name !== undefined) {
    const object = making(at.object, script);
    return object === undefined ? undefined : `${object}.${at.name.name}`;
  }
  if (at.kind === "Call") return makingOfCall(at, script);
  const variable = variableOf(script, at);
  if (variable === undefined || variable.kind === "global") return undefined;
  if (variable.references.some(({ write }) => write)) return undefined;
  return `${variable.name}@${(variable.declaration ?? variable.owner)?.span.start}`;
}

/** Functions that give the same text for the same arguments; `os.date` does within a day. */
const STEADY = [
  ..."format lower upper rep gsub sub".split(" ").map((name) => `string.${name}`),
  ..."tostring os.date math.floor".split(" "),
];

function makingOfCall({ callee, args }: CallExpression, script: Script): string | undefined {
  const given = args.map((argument) => making(argument, script));
  if (given.includes(undefined)) return undefined;
  if (callee.kind === "Member" && callee.method) {
    // `("%03d"):format(i)`: texts have no other methods.
    const text = unwrap(callee.object);
    return text.kind === "String" && callee.name !== undefined
      ? `${JSON.stringify(text.value)}:${callee.name.name}(${given.join(", ")})`
      : undefined;
  }
  const path = STEADY.find((one) => isGlobal(script, callee, one));
  return path === undefined ? undefined : `${path}(${given.join(", ")})`;
}

function isSave(use: StateUse): boolean {
  const value = argumentFor(use, "value")?.expression;
  return touchedBy(use)?.member.access === "write" && value !== undefined && value.kind !== "Nil";
}

/** The entries that are there where the only condition of an `if` does not hold. */
function presentOtherwise({ clauses }: IfStatement, script: Script): ReadonlySet<string> {
  const [only, ...others] = clauses;
  if (only === undefined || others.length > 0) return new Set();
  return presence(only.condition, (expression) => {
    const call = origin(script, expression);
    const use = call.kind === "Call" ? script.useOf(call) : undefined;
    const read = use !== undefined && touchedBy(use)?.member.access === "read";
    return read ? entryOf(use, script)?.name : undefined;
  }).whenFalse;
}
