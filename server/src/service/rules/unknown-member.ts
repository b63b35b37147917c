import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import { quote } from "../../../../shared/src/names.ts";
import type { ScriptModel, StateUse } from "../../language/model.ts";
import { suggestedMember } from "../members.ts";
import { guardedUses } from "../syntax/guards.ts";
import { type Script, unwrap } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";
import { mistakenCallFixes } from "./mistaken-call.ts";
import type { Finding, Rule } from "./rule.ts";

/** A function that State does not have: calling it fails at run time. */
export const unknownMember: Rule = {
  code: "unknown-member",
  family: "use",
  defaultSeverity: "error",
  summary: "A function that State does not have",
  check: ({ model, script }) => {
    const defined = new Set(
      model.uses.filter(({ kind }) => kind === "write").map(({ member }) => member),
    );
    const unknown = model.uses.filter((use) => isUnknown(use) && !defined.has(use.member));
    if (unknown.length === 0) return [];
    const either = unknown.some(isAliasCall) ? membersWithAlternative(model, script()) : new Set();
    // Whoever asks whether it is there knows that it may not be.
    const guarded = guardedUses(script());
    return unknown
      .filter((use) => !guarded.has(use) && !(isAliasCall(use) && either.has(use.member)))
      .map((use) => finding(use, model));
  },
};

function isUnknown({ member, kind }: StateUse): boolean {
  return member !== "" && (kind === "call" || kind === "mention") && !STATE_MEMBERS.has(member);
}

/** Members of `State.get or State.load`: where they are nil, something else is called. */
function membersWithAlternative(model: ScriptModel, script: Script): ReadonlySet<string> {
  const members = new Set<string>();
  walkExpressions(model.chunk.body, (expression) => {
    if (expression.kind !== "Binary" || expression.operator !== "or") return;
    const value = script.evaluator.value(unwrap(expression.left));
    if (value.kind === "member") members.add(value.name);
  });
  return members;
}

function isAliasCall({ via, kind }: StateUse): boolean {
  return via === "alias" && kind === "call";
}

function finding(use: StateUse, model: ScriptModel): Finding {
  const meant = suggestedMember(use.member);
  const name = `State.${use.member}`;
  const message = `${name.length > 80 ? quote(name) : name} is not part of the State API: it is nil.`;
  const { memberSpan: span } = use;
  if (meant === undefined) return { span, message: `${message} See the list of functions.` };
  return {
    span,
    message: `${message} Did you mean State.${meant}?`,
    fixes: mistakenCallFixes(use, meant, model),
  };
}
