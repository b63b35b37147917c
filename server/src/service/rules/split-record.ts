import type { ScriptModel, StateUse } from "../../language/model.ts";
import type { Block, Expression } from "../../language/syntax/ast.ts";
import { argumentFor } from "../../language/touched.ts";
import { type Script, unwrap } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";
import type { Finding, Rule } from "./rule.ts";

/** Fewest saves that make a record. */
const SAVES = 3;

/** One thing saved in several keys: `"name:" .. id`, `"email:" .. id`, `"updated:" .. id`. */
export const splitRecord: Rule = {
  code: "split-record",
  family: "shape",
  defaultSeverity: "information",
  summary: "One record split over several keys",
  check: ({ model, script }) => {
    const saves = model.uses.filter((use) => use.member === "save" && use.kind === "call");
    return saves.length < SAVES ? [] : checkBlocks(model, script());
  },
};

interface Save {
  readonly use: StateUse;
  /** The text of the key beside the part that all share. */
  readonly field: string;
}

function checkBlocks(model: ScriptModel, script: Script): Finding[] {
  const records = new Map<Block, Map<string, Save[]>>();
  walkExpressions(model.chunk.body, (expression, { statement, blocks }) => {
    const block = blocks.at(-1);
    if (expression.kind !== "Call" || block === undefined) return;
    if (statement.kind !== "ExpressionStatement" || unwrap(statement.expression) !== expression) {
      return;
    }
    const use = script.useOf(expression);
    const namespace = use?.member === "save" ? argumentFor(use, "namespace") : undefined;
    const key = use?.member === "save" ? argumentFor(use, "key") : undefined;
    const parts = key && keyParts(key.expression, model.text);
    if (use === undefined || namespace === undefined || parts === undefined) return;
    const owner = `${source(namespace.expression, model.text)}\n${parts.owner}`;
    const inBlock = records.get(block) ?? new Map<string, Save[]>();
    records.set(
      block,
      inBlock.set(owner, [...(inBlock.get(owner) ?? []), { use, field: parts.field }]),
    );
  });
  return [...records.values()].flatMap((owners) =>
    [...owners.values()].flatMap((saves) => {
      const fields = [...new Set(saves.map(({ field }) => field))];
      const [first] = saves;
      if (first === undefined || fields.length < SAVES) return [];
      const names = fields.map((field) => field.replaceAll(/^[:._-]+|[:._-]+$/g, ""));
      const message = `One record is split over ${fields.length} keys (${names.join(", ")}): it can be seen half written. Save one table instead.`;
      return [{ span: first.use.span, message }];
    }),
  );
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
