import type { ApiAccess } from "../../../../shared/src/api.ts";
import { quote } from "../../../../shared/src/names.ts";
import { ownText } from "../../../../shared/src/own-text.ts";
import type { KnownText, ScriptModel, Span, StateUse } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";
import type { KnownUses } from "../known-uses.ts";
import { EntrySet } from "./entry-set.ts";
import type { Judge, Rule } from "./rule.ts";

/** A key that is saved and that no script of the workspace loads. */
export const neverRead: Rule = {
  code: "never-read",
  family: "data",
  defaultSeverity: "hint",
  summary: "A key that is saved and that no script loads",
  // Where scripts are still being read, one of them may load it.
  judgeable: ({ workspace }) => workspace?.complete === true,
  gather: ({ model }) => {
    const saves = model.uses.flatMap(saveOf);
    if (saves.length === 0) return undefined;
    const loads = loadsIn(model);
    const unread = saves.filter(({ namespace, key }) => !loads.has(namespace, key));
    return unread.length === 0 ? undefined : judge(unread);
  },
};

/** A save under a name that is known and written at the call. */
interface Save {
  readonly namespace: string;
  readonly key: string;
  readonly span: Span;
}

function saveOf(use: StateUse): Save[] {
  const { member, namespace, key, keyArgument } = touchedBy(use) ?? {};
  if (member?.access !== "write" || keyArgument?.slot === undefined) return [];
  if (namespace?.kind !== "exact" || key?.kind !== "exact") return [];
  const name = { namespace: ownText(namespace.text), key: ownText(key.text) };
  return [{ ...name, span: keyArgument.span }];
}

function judge(saves: readonly Save[]): Judge {
  return ({ scripts }) => {
    if (scripts === undefined) return [];
    return saves
      .filter((save) => !isLoadedBy(scripts, save))
      .map(({ namespace, key, span }) => {
        const message = `No script of this workspace loads ${quote(key)} from ${quote(namespace)}.`;
        return { span, message };
      });
  };
}

/** What the script itself loads; whoever lists a namespace may load all of it. */
function loadsIn(model: ScriptModel): EntrySet {
  const loads = allUses(model).flatMap((use) => {
    const touched = touchedBy(use);
    return touched !== undefined && isLoad(touched.member.access) ? [touched] : [];
  });
  return new EntrySet(loads);
}

function isLoadedBy(scripts: KnownUses, { namespace, key }: Save): boolean {
  if (scripts.ofEntry(exact(namespace), exact(key)).read) return true;
  // Asked last, for it looks at every use of the namespace: whoever lists it may load all of it.
  return scripts.ofNamespace(namespace).listed;
}

function isLoad(access: ApiAccess): boolean {
  return access === "read" || access === "list";
}

function exact(text: string): KnownText {
  return { kind: "exact", text };
}
