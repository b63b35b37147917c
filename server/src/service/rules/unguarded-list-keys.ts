import type { ScriptModel, StateUse } from "../../language/model.ts";
import { guardedUses } from "../syntax/guards.ts";
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
    return calls
      .filter((use) => !guarded.has(use) && !isProtected(use, model))
      .map((use) => ({
        span: use.memberSpan,
        message:
          "list_keys may be missing in other hosts: test it first (if State.list_keys then).",
        fixes: use.via === "direct" && !use.method ? [guard(use, model)] : [],
      }));
  },
};

/** `pcall(State.list_keys, ...)` catches that it is missing. */
function isProtected({ span, memberSpan }: StateUse, { text }: ScriptModel): boolean {
  return /^x?pcall\b/.test(text.slice(span.start, memberSpan.start));
}

function guard({ span, memberSpan }: StateUse, { text }: ScriptModel): Fix {
  const callee = text.slice(span.start, memberSpan.end);
  return {
    title: "Call it only where it is there, else take {}",
    changes: [
      { span: { start: span.start, end: span.start }, newText: `(${callee} and ` },
      { span: { start: span.end, end: span.end }, newText: " or {})" },
    ],
    preferred: true,
  };
}
