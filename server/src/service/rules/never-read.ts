import type { ApiAccess } from "../../../../shared/src/api.ts";
import { quote } from "../../../../shared/src/names.ts";
import { ownText } from "../../../../shared/src/own-text.ts";
import type { KnownText, ScriptModel, Span, StateUse } from "../../language/model.ts";
import { type Touched, touchedBy } from "../../language/touched.ts";
import { matches } from "../../language/values/matching.ts";
import { allUses } from "../known-names.ts";
import type { KnownUses } from "../known-uses.ts";
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
    const loads = new LoadsHere(model);
    const saves = model.uses.flatMap(saveOf).filter((save) => !loads.has(save));
    return saves.length === 0 ? undefined : judge(saves);
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

/** What the script itself loads. It may save thousands of times: each name is judged once. */
class LoadsHere {
  readonly #loads: readonly Touched[];
  readonly #known = new Map<string, boolean>();

  constructor(model: ScriptModel) {
    this.#loads = allUses(model).flatMap((use) => {
      const touched = touchedBy(use);
      return touched !== undefined && isLoad(touched.member.access) ? [touched] : [];
    });
  }

  has(save: Save): boolean {
    return once(this.#known, save, ({ namespace, key }) =>
      this.#loads.some((touched) => isReadOf(touched, namespace, key)),
    );
  }
}

function isLoadedBy(scripts: KnownUses, { namespace, key }: Save): boolean {
  if (scripts.ofEntry(exact(namespace), exact(key)).read) return true;
  // Asked last, for it looks at every use of the namespace: whoever lists it may load all of it.
  return scripts.ofNamespace(namespace).listed;
}

function once(known: Map<string, boolean>, save: Save, find: (save: Save) => boolean): boolean {
  const name = `${save.namespace}\n${save.key}`;
  const found = known.get(name) ?? find(save);
  known.set(name, found);
  return found;
}

function isLoad(access: ApiAccess): boolean {
  return access === "read" || access === "list";
}

function exact(text: string): KnownText {
  return { kind: "exact", text };
}

function isReadOf({ member, namespace, key: read }: Touched, wanted: string, key: string): boolean {
  if (!matches(namespace, wanted)) return false;
  return member.access === "list" || (read !== undefined && matches(read, key));
}
