import type { ScriptModel, StateUse } from "../../language/model.ts";
import type { Block, IfStatement } from "../../language/syntax/ast.ts";
import { argumentFor, touchedBy } from "../../language/touched.ts";
import { matches } from "../../language/values/matching.ts";
import { presence } from "../syntax/presence.ts";
import { origin, type Script, unwrap } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";

interface Entry {
  readonly namespace: string;
  readonly key: string;
}

/** From where on an entry is stored, in the block where that is so and in all blocks inside. */
interface Stored extends Entry {
  readonly block: Block;
  readonly from: number;
}

/**
 * Tells of a load whether the script itself has stored a value on every way to it: by a save before
 * it, or by `if State.load(...) == nil then State.save(...) end`.
 */
export function surelyStored({ uses, chunk }: ScriptModel, script: Script) {
  const stored: Stored[] = [];
  const blocksAround = new Map<number, readonly Block[]>();
  const defaults = new Map<Block, { names: ReadonlySet<string>; block: Block; from: number }>();
  walkExpressions(chunk.body, (expression, { statement, blocks }) => {
    const block = blocks.at(-1);
    if (block === undefined) return;
    if (statement.kind === "If" && expression === statement.clauses[0]?.condition) {
      const names = presentOtherwise(statement, script);
      defaults.set(statement.clauses[0].body, { names, block, from: statement.span.end });
    }
    const use = expression.kind === "Call" ? script.useOf(expression) : undefined;
    const entry = use && entryOf(use);
    if (use === undefined || entry === undefined) return;
    blocksAround.set(use.span.start, blocks);
    if (statement.kind !== "ExpressionStatement" || unwrap(statement.expression) !== expression)
      return;
    if (!isSave(use)) return;
    stored.push({ ...entry, block, from: use.span.end });
    const around = defaults.get(block);
    if (around?.names.has(nameOf(entry))) {
      stored.push({ ...entry, block: around.block, from: around.from });
    }
  });
  const deletions = uses.filter(({ member }) => member === "delete");
  return (load: StateUse): boolean => {
    const entry = entryOf(load);
    const blocks = blocksAround.get(load.span.start) ?? [];
    if (entry === undefined) return false;
    return stored.some(
      (one) =>
        nameOf(one) === nameOf(entry) &&
        one.from <= load.span.start &&
        blocks.includes(one.block) &&
        !deletions.some(
          (use) =>
            use.span.start >= one.from && use.span.start < load.span.start && mayTouch(use, entry),
        ),
    );
  };
}

function entryOf(use: StateUse): Entry | undefined {
  const { namespace, key } = touchedBy(use) ?? {};
  if (namespace?.kind !== "exact" || key?.kind !== "exact") return undefined;
  return { namespace: namespace.text, key: key.text };
}

function isSave(use: StateUse): boolean {
  const value = argumentFor(use, "value")?.expression;
  return touchedBy(use)?.member.access === "write" && value !== undefined && value.kind !== "Nil";
}

function mayTouch(use: StateUse, { namespace, key }: Entry): boolean {
  const touched = touchedBy(use);
  if (touched === undefined) return true;
  return (
    matches(touched.namespace, namespace) &&
    (touched.key === undefined || matches(touched.key, key))
  );
}

/** The entries that are there where the only condition of an `if` does not hold. */
function presentOtherwise({ clauses }: IfStatement, script: Script): ReadonlySet<string> {
  const [only, ...others] = clauses;
  if (only === undefined || others.length > 0) return new Set();
  return presence(only.condition, (expression) => {
    const call = origin(script, expression);
    const use = call.kind === "Call" ? script.useOf(call) : undefined;
    const entry = use && touchedBy(use)?.member.access === "read" ? entryOf(use) : undefined;
    return entry && nameOf(entry);
  }).whenFalse;
}

function nameOf({ namespace, key }: Entry): string {
  return `${namespace}\n${key}`;
}
