import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { StateUse } from "../../language/model.ts";
import type { Variable } from "../../language/scope/variables.ts";
import type { Expression, Identifier, Statement } from "../../language/syntax/ast.ts";
import { type Script, unwrap, variableOf } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";
import type { Finding, Rule } from "./rule.ts";

/** Fields that tell whether it was done. */
const VERDICTS = ["success", "error", "is_valid", "errors"];

/** The result of a backup, restore or migration that nobody looks at. */
export const uncheckedResult: Rule = {
  code: "unchecked-result",
  family: "use",
  defaultSeverity: "information",
  summary: "A backup or migration whose success is not looked at",
  check: ({ model, script }) => {
    const relevant = model.uses.some((use) => use.kind === "call" && verdictOf(use) !== undefined);
    return relevant ? checkScript(script()) : [];
  },
};

/**
 * The field of the call's result that tells whether it was done. Cleaning up is done again anyway:
 * whoever does not look at it loses nothing.
 */
function verdictOf({ member }: StateUse): string | undefined {
  if (member === "cleanup_backups") return undefined;
  const fields = STATE_MEMBERS.get(member)?.result?.fields ?? [];
  return fields.find(({ name }) => VERDICTS.includes(name))?.name;
}

function checkScript(script: Script): Finding[] {
  const found: Finding[] = [];
  const reads = fieldReads(script);
  walkExpressions(script.scopes.chunk.body, (expression, { statement }) => {
    if (expression.kind !== "Call") {
      const object = expression.kind === "Member" ? unwrap(expression.object) : undefined;
      if (expression.kind !== "Member" || object?.kind !== "Call") return;
      const use = script.useOf(object);
      if (use === undefined || VERDICTS.includes(expression.name?.name ?? "")) return;
      if (verdictOf(use) !== undefined) found.push(finding(use));
      return;
    }
    const use = script.useOf(expression);
    if (use === undefined || verdictOf(use) === undefined) return;
    if (isDropped(statement, expression) || isUnread(script, statement, expression, reads)) {
      found.push(finding(use));
    }
  });
  return found;
}

function finding(use: StateUse): Finding {
  const verdict = verdictOf(use);
  return {
    span: use.span,
    message: `State.${use.member} does not raise when it fails: look at ${verdict} of its result.`,
  };
}

function isDropped(statement: Statement, call: Expression): boolean {
  return statement.kind === "ExpressionStatement" && unwrap(statement.expression) === call;
}

/** Whether the call's result is in a local of which only other fields are read. */
function isUnread(
  script: Script,
  statement: Statement,
  call: Expression,
  reads: ReadonlyMap<Identifier, string>,
): boolean {
  if (statement.kind !== "Local") return false;
  const index = statement.values.findIndex((value) => unwrap(value) === call);
  const name = statement.names[index]?.name;
  const variable: Variable | undefined = name && script.scopes.variables.get(name);
  if (variable === undefined) return false;
  return variable.references.every(({ at, write }) => {
    const field = reads.get(at);
    return !write && field !== undefined && !VERDICTS.includes(field);
  });
}

/** For each name that is indexed by a fixed field: which one. */
function fieldReads(script: Script): ReadonlyMap<Identifier, string> {
  const reads = new Map<Identifier, string>();
  walkExpressions(script.scopes.chunk.body, (expression) => {
    if (expression.kind !== "Member" && expression.kind !== "Index") return;
    const object = unwrap(expression.object);
    if (object.kind !== "Identifier" || variableOf(script, object) === undefined) return;
    if (expression.kind === "Member") reads.set(object, expression.name?.name ?? "success");
    else if (expression.index.kind === "String") reads.set(object, expression.index.value);
  });
  return reads;
}
