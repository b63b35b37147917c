import { type ApiMember, type ApiParameter, STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { Argument, StateUse } from "../../language/model.ts";
import type { Expression } from "../../language/syntax/ast.ts";
import { origin, type Script, unwrap } from "../syntax/script.ts";
import type { Finding, Rule } from "./rule.ts";

/** An argument of a type that the function refuses. */
export const argumentType: Rule = {
  code: "argument-type",
  family: "use",
  defaultSeverity: "error",
  summary: "An argument of the wrong type",
  check: ({ model, script }) =>
    model.uses.flatMap((use) => {
      const member = STATE_MEMBERS.get(use.member);
      if (member === undefined || use.kind !== "call" || use.method) return [];
      // Where one is missing, the others stand in each other's places.
      if (use.args.length < required(member)) return [];
      return use.args.flatMap((argument, i) => {
        const parameter = member.parameters[i];
        return parameter === undefined ? [] : checkArgument(use, argument, parameter, script());
      });
    }),
};

function required({ parameters }: ApiMember): number {
  return parameters.filter(({ optional }) => !optional).length;
}

/** Types that each kind of parameter takes, as Lua names them. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  string: ["string", "number"],
  boolean: ["boolean"],
  number: ["number"],
};

function checkArgument(
  use: StateUse,
  argument: Argument,
  { name, type, optional }: ApiParameter,
  script: Script,
): Finding[] {
  const taken = TAKEN[type];
  const given = luaType(script, argument.expression);
  if (taken === undefined || given === undefined || taken.includes(given)) return [];
  if (given === "nil" && optional) return [];
  const message = `State.${use.member} takes a ${type} as ${name}, and this is ${given === "nil" ? "nil" : `a ${given}`}.`;
  return [{ span: argument.span, message }];
}

/** The type that an expression surely has; undefined where it cannot be told. */
function luaType(script: Script, expression: Expression): string | undefined {
  const at = origin(script, expression);
  switch (at.kind) {
    case "String":
      return "string";
    case "Number":
      return "number";
    case "Nil":
      // A local that is given nil once may be meant to be set elsewhere.
      return unwrap(expression).kind === "Nil" ? "nil" : undefined;
    case "True":
    case "False":
      return "boolean";
    case "Table":
      return "table";
    case "Function":
      return "function";
    case "Unary":
      return at.operator === "not" ? "boolean" : undefined;
    default: {
      const { kind } = script.evaluator.value(at);
      if (kind === "state") return "table";
      return kind === "function" || kind === "member" ? "function" : undefined;
    }
  }
}
