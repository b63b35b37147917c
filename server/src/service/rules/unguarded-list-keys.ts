import type { ScriptModel, StateUse } from "../../language/model.ts";
import { guardedUses } from "../syntax/guards.ts";
import { walkExpressions } from "../syntax/walk.ts";
import type { Fix } from "../types.ts";
import type { Rule } from "./rule.ts";

/** `State.list_keys` called without asking whether the host has it. */
export const unguardedListKeys: Rule = {
  code: "unguarded-list-keys",
  family: "use",
  defaultSeverity: "off",
  summary: "list_keys called without asking whether it is there",
  check: ({ model, script }) => {
    const calls = model.uses.filter((use) => use.member === "list_keys" && use.kind === "call");
    if (calls.length === 0) return [];
    const guarded = guardedUses(script());
    const statements = statementCalls(model);
    return calls
      .filter((use) => !guarded.has(use) && !isProtected(use, model))
      .map((use) => ({
        span: use.memberSpan,
        message:
          "list_keys may be missing in other hosts: test it first (if State.list_keys then).",
        fixes:
          use.via === "direct" && !use.method
            ? [guard(use, model, statements.has(use.span.start))]
            : [],
      }));
  },
};

/** `pcall(State.list_keys, ...)` catches that it is missing. */
function isProtected({ span, memberSpan }: StateUse, { text }: ScriptModel): boolean {
  return /^x?pcall\b/.test(text.slice(span.start, memberSpan.start));
}

/** Where calls that are statements by themselves begin. */
function statementCalls({ chunk }: ScriptModel): ReadonlySet<number> {
  const starts = new Set<number>();
  walkExpressions(chunk.body, (expression, { statement }) => {
    if (statement.kind === "ExpressionStatement" && statement.expression === expression) {
      starts.add(expression.span.start);
    }
  });
  return starts;
}

function guard({ span, memberSpan }: StateUse, { text }: ScriptModel, statement: boolean): Fix {
  const bracket = text.slice(memberSpan.end).match(/^["']\s*\]/)?.[0] ?? "";
  const callee = text.slice(span.start, memberSpan.end) + bracket;
  const [before, after] = statement
    ? [`if ${callee} then `, " end"]
    : [`(${callee} and `, " or {})"];
  return {
    title: `Call it only where it is there${statement ? "" : ", else take {}"}`,
    changes: [
      { span: { start: span.start, end: span.start }, newText: before },
      { span: { start: span.end, end: span.end }, newText: after },
    ],
    preferred: true,
  };
}
