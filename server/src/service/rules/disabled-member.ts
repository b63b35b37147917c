import { type ApiMember, STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { StateConfiguration } from "../../config/types.ts";
import { howToSwitchOn, isSwitchedOff } from "../members.ts";
import { guardedUses } from "../syntax/guards.ts";
import type { Fix } from "../types.ts";
import type { Rule } from "./rule.ts";

/** Goes into the file that switches the function off. */
function switchOn(
  setting: NonNullable<ApiMember["gate"]>,
  configuration: StateConfiguration | undefined,
): Fix {
  const file = configuration?.file?.split(/[\\/]/).at(-1) ?? "llmspell.toml";
  return { title: `Set ${setting} = true in ${file}`, changes: [], setting };
}

/** A function that the configuration keeps from scripts: it is nil there. */
export const disabledMember: Rule = {
  code: "disabled-member",
  family: "use",
  defaultSeverity: "warning",
  summary: "A function that the configuration switches off",
  check: ({ model, configuration, script }) => {
    const off = model.uses.filter(({ member, kind }) => {
      const known = STATE_MEMBERS.get(member);
      return kind === "call" && known !== undefined && isSwitchedOff(known, configuration);
    });
    if (off.length === 0) return [];
    const guarded = guardedUses(script());
    return off
      .filter((use) => !guarded.has(use))
      .map(({ member, memberSpan }) => {
        const known = STATE_MEMBERS.get(member);
        const how =
          known === undefined ? "" : howToSwitchOn(known, configuration).replaceAll("`", "");
        return {
          span: memberSpan,
          message: `State.${member} is switched off here: it is nil. ${how}`,
          ...(known?.gate === undefined ? {} : { fixes: [switchOn(known.gate, configuration)] }),
        };
      });
  },
};
