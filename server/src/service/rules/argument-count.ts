import { type ApiMember, STATE_MEMBERS, signature } from "../../../../shared/src/api.ts";
import type { ScriptModel, StateUse } from "../../language/model.ts";
import { count } from "../format.ts";
import type { Fix } from "../types.ts";
import { asDefault } from "./default-argument.ts";
import { type AddedNamespace, addNamespace } from "./missing-namespace.ts";
import type { Finding, Rule } from "./rule.ts";

/** A call with fewer or more arguments than the function takes. */
export const argumentCount: Rule = {
  code: "argument-count",
  family: "use",
  defaultSeverity: "error",
  summary: "Too few or too many arguments",
  check: ({ model }) =>
    model.uses.flatMap((use) => {
      const member = STATE_MEMBERS.get(use.member);
      if (member === undefined || use.kind !== "call") return [];
      return use.method ? [methodCall(use, model.text)] : checkCount(use, member, model);
    }),
};

/** `State:save(...)` gives State itself as the first argument. */
function methodCall(use: StateUse, text: string): Finding {
  const colon = text.lastIndexOf(":", use.memberSpan.start);
  return {
    span: use.memberSpan,
    message: `State:${use.member} passes State itself as the first argument: write State.${use.member}.`,
    fixes: [
      {
        title: `Change to State.${use.member}`,
        changes: [{ span: { start: colon, end: colon + 1 }, newText: "." }],
        preferred: true,
        safe: true,
      },
    ],
  };
}

function checkCount(use: StateUse, member: ApiMember, model: ScriptModel): Finding[] {
  const { args, commas } = use;
  const typing = commas.length >= args.length && args.length > 0;
  if (typing || args.some(({ expression }) => expression.kind === "Missing")) return [];
  const most = member.parameters.length;
  const least = member.parameters.filter(({ optional }) => !optional).length;
  const last = args.at(-1)?.expression;
  const extra = args[most];
  if (extra !== undefined && last !== undefined) {
    const span = { start: extra.span.start, end: last.span.end };
    return [{ span, message: counts(use, member, least), fixes: tooMany(use, member, model) }];
  }
  // The last argument may stand for any number of values.
  const open = last?.kind === "Call" || last?.kind === "Vararg";
  if (args.length >= least || open) return [];
  const missing = member.parameters
    .slice(args.length, least)
    .map(({ name }) => name)
    .join(" and ");
  return [
    {
      span: use.memberSpan,
      message: `${counts(use, member, least)} Missing: ${missing}.`,
      fixes: addNamespace(use, member, model).map(namespaceFix),
    },
  ];
}

function counts({ args }: StateUse, member: ApiMember, least: number): string {
  const most = member.parameters.length;
  const takes = `${least === most ? "" : `${least} to `}${count(most, "argument")}`;
  const given = `${args.length} ${args.length === 1 ? "is" : "are"} given.`;
  return `State.${signature(member)} takes ${takes}, and ${given}`;
}

function namespaceFix({ change, namespace }: AddedNamespace): Fix {
  return { title: `Add the namespace ${namespace}`, changes: [change] };
}

/** The third argument of a load is most often meant as a default. */
function tooMany(use: StateUse, member: ApiMember, model: ScriptModel): Fix[] {
  const one = use.args.length === member.parameters.length + 1;
  const changes = one && member.name === "load" ? asDefault(use, model) : undefined;
  return changes === undefined ? [] : [{ title: "Make it the default", changes, preferred: true }];
}
