import type { ApiAccess } from "../../../../shared/src/api.ts";
import { quote } from "../../../../shared/src/names.ts";
import type { KnownText, ScriptModel, Span, StateUse } from "../../language/model.ts";
import { type Touched, touchedBy } from "../../language/touched.ts";
import { matches } from "../../language/values/matching.ts";
import type { ScriptUse, WorkspaceView } from "../../language/workspace-view.ts";
import { allUses } from "../known-names.ts";
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
  return [{ namespace: namespace.text, key: key.text, span: keyArgument.span }];
}

function judge(saves: readonly Save[]): Judge {
  return ({ workspace }) => {
    if (workspace === undefined) return [];
    const loads = new LoadsElsewhere(workspace);
    return saves
      .filter((save) => !loads.has(save))
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

/** What all scripts load: each name is judged once, and a namespace's uses are gone through once. */
class LoadsElsewhere {
  readonly #workspace: WorkspaceView;
  readonly #known = new Map<string, boolean>();
  readonly #ofNamespace = new Map<string, readonly ScriptUse[]>();

  constructor(workspace: WorkspaceView) {
    this.#workspace = workspace;
  }

  has(save: Save): boolean {
    return once(this.#known, save, ({ namespace, key }) => this.#look(namespace, key));
  }

  #look(namespace: string, key: string): boolean {
    const { same, overlapping, unknown } = this.#workspace.usesOf(exact(namespace), exact(key));
    if ([same, overlapping, unknown].some((uses) => uses.some((use) => isRead(use, key)))) {
      return true;
    }
    // Asked last, for it names every use of the namespace: whoever lists it may load all of it.
    return this.#loadsIn(namespace).some((use) => use.access === "list" || isRead(use, key));
  }

  #loadsIn(namespace: string): readonly ScriptUse[] {
    const known = this.#ofNamespace.get(namespace);
    if (known !== undefined) return known;
    const { same, overlapping } = this.#workspace.usesOfNamespace(exact(namespace));
    const loads = [...same, ...overlapping].filter(({ access }) => isLoad(access));
    this.#ofNamespace.set(namespace, loads);
    return loads;
  }
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

function isRead({ access, key: read }: ScriptUse, key: string): boolean {
  return access === "read" && (read === undefined || matches(read, key));
}

function isReadOf({ member, namespace, key: read }: Touched, wanted: string, key: string): boolean {
  if (!matches(namespace, wanted)) return false;
  return member.access === "list" || (read !== undefined && matches(read, key));
}
