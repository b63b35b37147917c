import type { ScriptModel, StateUse } from "../../language/model.ts";
import type { Block, Expression, Statement } from "../../language/syntax/ast.ts";
import { argumentFor } from "../../language/touched.ts";
import { type Script, unwrap } from "../syntax/script.ts";
import type { Fix } from "../types.ts";
import { isFieldName } from "./field-names.ts";
import {
  entriesOf,
  type FindingOfUnread,
  type NamedEntry,
  readsHere,
  withFixesOfUnread,
} from "./reads.ts";
import type { Rule, RuleContext } from "./rule.ts";

/** Fewest saves that make a record. */
const SAVES = 3;

/** One thing saved in several keys: `"name:" .. id`, `"email:" .. id`, `"updated:" .. id`. */
export const splitRecord: Rule = {
  code: "split-record",
  family: "shape",
  defaultSeverity: "information",
  summary: "One record split over several keys",
  gather: (context) => {
    const { uses } = context.model;
    const saves = uses.filter((use) => use.member === "save" && use.kind === "call");
    return saves.length < SAVES ? undefined : withFixesOfUnread(checkBlocks(context));
  },
};

interface Save {
  readonly use: StateUse;
  /** The text of the key beside the part that all share. */
  readonly field: string;
  readonly statement: Statement;
}

function checkBlocks(context: RuleContext): FindingOfUnread[] {
  const { model } = context;
  const script = context.script();
  const records = new Map<Block, Map<string, Save[]>>();
  for (const { call, use, around } of script.stateCalls()) {
    const { statement, blocks } = around;
    const block = blocks.at(-1);
    if (use.member !== "save" || block === undefined) continue;
    if (statement.kind !== "ExpressionStatement" || unwrap(statement.expression) !== call) continue;
    const namespace = argumentFor(use, "namespace");
    const key = argumentFor(use, "key");
    const parts = key && keyParts(key.expression, model.text);
    if (namespace === undefined || parts === undefined) continue;
    const owner = `${source(namespace.expression, model.text)}\n${parts.owner}`;
    const inBlock = records.get(block) ?? new Map<string, Save[]>();
    const saves = inBlock.get(owner) ?? [];
    saves.push({ use, field: parts.field, statement });
    records.set(block, inBlock.set(owner, saves));
  }
  const isRead = readsHere(model);
  return [...records].flatMap(([block, owners]) => {
    const record = [...owners.values()].filter((saves) => saves.length >= SAVES);
    const doings = record.length === 0 ? undefined : new Doings(block, script);
    return record
      .flatMap((all) => doings?.together(all) ?? [])
      .flatMap((saves) => {
        const fields = [...new Set(saves.map(({ field }) => field))];
        const [first] = saves;
        if (first === undefined || fields.length < SAVES) return [];
        const names = fields.map((field) => field.replaceAll(/^[:._-]+|[:._-]+$/g, ""));
        const message = `One record is split over ${fields.length} keys (${names.join(", ")}): it can be seen half written. Save one table instead.`;
        const fixes =
          names.length === saves.length ? merge(model, block, saves, names, isRead) : [];
        const entries = saves.flatMap(({ use }) => entriesOf(use));
        return [{ finding: { span: first.use.span, message, fixes }, entries }];
      });
  });
}

/** Where a block does more than save, tell somebody, or give a name a value. */
class Doings {
  readonly #places = new Map<Statement, number>();
  /** How many statements do so before each. */
  readonly #before = [0];

  constructor({ statements }: Block, script: Script) {
    let count = 0;
    for (const [place, statement] of statements.entries()) {
      this.#places.set(statement, place);
      if (doesMore(statement, script)) count++;
      this.#before.push(count);
    }
  }

  /** The saves in runs: what is done between two of them may be what makes the later one possible. */
  together(saves: readonly Save[]): Save[][] {
    const runs: Save[][] = [];
    let done: number | undefined;
    for (const save of saves) {
      const place = this.#places.get(save.statement) ?? 0;
      const run = runs.at(-1);
      if (run === undefined || this.#before[place] !== done) runs.push([save]);
      else run.push(save);
      done = this.#before[place + 1];
    }
    return runs;
  }
}

/** Calls that only tell somebody: `print(...)`, `Logger.info(...)`. */
const TELLING = /^(?:debug|info|log|print|trace|warn|write)/i;

function doesMore(statement: Statement, script: Script): boolean {
  if (statement.kind === "Local" || statement.kind === "Assignment") return false;
  if (statement.kind !== "ExpressionStatement") return true;
  const call = unwrap(statement.expression);
  if (call.kind !== "Call") return true;
  const { callee } = call;
  const name =
    callee.kind === "Identifier" ? callee.name : callee.kind === "Member" ? callee.name?.name : "";
  return script.useOf(call) === undefined && !TELLING.test(name ?? "");
}

/**
 * Saves one table under what all keys share, where the saves stand in a row and the script itself
 * does not load what they save.
 */
function merge(
  model: ScriptModel,
  { statements }: Block,
  saves: readonly Save[],
  names: readonly string[],
  isRead: (entry: NamedEntry) => boolean,
): Fix[] {
  const { text, chunk } = model;
  const at = statements.findIndex(({ span }) => span.start === saves[0]?.statement.span.start);
  const inRow = saves.every(
    ({ statement }, i) => statements[at + i]?.span.start === statement.span.start,
  );
  const [first, last] = [saves[0], saves.at(-1)];
  if (at < 0 || !inRow || first === undefined || last === undefined) return [];
  const whole = { start: first.statement.span.start, end: last.statement.span.end };
  const commented = chunk.comments.some(
    ({ span }) => span.start >= whole.start && span.end <= whole.end,
  );
  if (commented || !names.every(isFieldName) || new Set(names).size < names.length) return [];
  const fields: string[] = [];
  for (const [i, { use }] of saves.entries()) {
    const [entry] = entriesOf(use);
    const value = use.args[2];
    if (use.via !== "direct" || use.args.length !== 3 || value === undefined) return [];
    if (entry === undefined || isRead(entry)) return [];
    if (unwrap(value.expression).kind === "Vararg") return [];
    fields.push(`${names[i]} = ${source(value.expression, text)}`);
  }
  const [namespace, key] = first.use.args;
  const shared = key && sharedPart(key.expression);
  if (namespace === undefined || shared === undefined) return [];
  const callee = text.slice(first.use.span.start, first.use.argsSpan?.start);
  const newText = `${callee}${source(namespace.expression, text)}, ${source(shared, text)}, { ${fields.join(", ")} })`;
  return [
    { title: `Save one table under ${source(shared, text)}`, changes: [{ span: whole, newText }] },
  ];
}

/** `id` of `"name:" .. id`. */
function sharedPart(key: Expression): Expression | undefined {
  const at = unwrap(key);
  if (at.kind !== "Binary") return undefined;
  return unwrap(at.left).kind === "String" ? unwrap(at.right) : unwrap(at.left);
}

/** A key of one fixed text and one computed part: `"name:" .. id` or `id .. ":name"`. */
function keyParts(key: Expression, text: string): { owner: string; field: string } | undefined {
  const at = unwrap(key);
  if (at.kind !== "Binary" || at.operator !== "..") return undefined;
  const [left, right] = [unwrap(at.left), unwrap(at.right)];
  if (left.kind === "String" && isComputed(right)) {
    return { owner: `* .. ${source(right, text)}`, field: left.value };
  }
  return right.kind === "String" && isComputed(left)
    ? { owner: `${source(left, text)} .. *`, field: right.value }
    : undefined;
}

function isComputed({ kind }: Expression): boolean {
  return kind === "Identifier" || kind === "Member" || kind === "Index";
}

function source({ span }: Expression, text: string): string {
  return text.slice(span.start, span.end);
}
