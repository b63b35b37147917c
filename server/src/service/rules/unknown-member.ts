import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import { quote } from "../../../../shared/src/names.ts";
import type { StateUse } from "../../language/model.ts";
import { suggestedMember } from "../members.ts";
import type { Finding, Rule } from "./rule.ts";

/** A function that State does not have: calling it fails at run time. */
export const unknownMember: Rule = {
  code: "unknown-member",
  family: "use",
  defaultSeverity: "error",
  summary: "A function that State does not have",
  check: ({ model }) => {
    const defined = new Set(
      model.uses.filter(({ kind }) => kind === "write").map(({ member }) => member),
    );
    return model.uses
      .filter((use) => isUnknown(use) && !defined.has(use.member))
      .map((use) => finding(use, model.text));
  },
};

function isUnknown({ member, kind }: StateUse): boolean {
  return member !== "" && (kind === "call" || kind === "mention") && !STATE_MEMBERS.has(member);
}

function finding(use: StateUse, text: string): Finding {
  const meant = suggestedMember(use.member);
  const name = `State.${use.member}`;
  const message = `${name.length > 80 ? quote(name) : name} is not part of the State API: it is nil.`;
  if (meant === undefined) {
    return { span: use.memberSpan, message: `${message} See the list of functions.` };
  }
  const hint = `${message} Did you mean State.${meant}?`;
  const asWritten = text.slice(use.memberSpan.start, use.memberSpan.end);
  if (use.via !== "direct" || asWritten !== use.member || !fits(use, meant)) {
    return { span: use.memberSpan, message: hint };
  }
  return {
    span: use.memberSpan,
    message: hint,
    fixes: [
      {
        title: `Change to State.${meant}`,
        changes: [{ span: use.memberSpan, newText: meant }],
        preferred: true,
      },
    ],
  };
}

/** Whether the arguments of the call are as many as the other function takes. */
function fits(use: StateUse, meant: string): boolean {
  const parameters = STATE_MEMBERS.get(meant)?.parameters ?? [];
  return use.kind !== "call" || use.args.length === parameters.length;
}
