import { type ApiMember, STATE_API, signature } from "../../../../shared/src/api.ts";
import type { StateConfiguration } from "../../config/types.ts";
import type { StateUse } from "../../language/model.ts";
import { describeMember, isSwitchedOff } from "../members.ts";
import type { CompleteOptions, Completion, CompletionItem } from "../types.ts";

/** All functions of State, in the order of the reference; switched-off ones last and marked so. */
export function completeMembers(
  { configuration, model }: CompleteOptions,
  use: StateUse,
): Completion {
  // `State:load` passes State itself: the colon becomes a dot.
  const colon = use.method && model.text[use.memberSpan.start - 1] === ":";
  return {
    items: STATE_API.map((member, index) => {
      const item = memberItem(member, index, use, configuration);
      if (!colon) return item;
      const span = { start: use.memberSpan.start - 1, end: use.memberSpan.end };
      return { ...item, span, insertText: `.${member.name}`, filterText: `:${member.name}` };
    }),
    isIncomplete: false,
  };
}

function memberItem(
  member: ApiMember,
  index: number,
  use: StateUse,
  configuration: StateConfiguration | undefined,
): CompletionItem {
  const off = isSwitchedOff(member, configuration);
  return {
    label: member.name,
    kind: "member",
    detail: off ? `switched off: needs ${member.gate} = true` : signature(member),
    documentation: describeMember(member, configuration),
    insertText: member.name,
    span: use.memberSpan,
    sortText: `${off ? 1 : 0}${String(index).padStart(2, "0")}`,
    filterText: member.name,
    ...(off ? { disabled: true as const } : {}),
  };
}
