import type { ApiAccess } from "../../../../shared/src/api.ts";
import { quote } from "../../../../shared/src/names.ts";
import type { KnownText, ScriptModel, StateUse } from "../../language/model.ts";
import { type Touched, touchedBy } from "../../language/touched.ts";
import { matches } from "../../language/values/matching.ts";
import type { ScriptUse, WorkspaceView } from "../../language/workspace-view.ts";
import { allUses } from "../known-names.ts";
import type { Finding, Rule } from "./rule.ts";

/** A key that is saved and that no script of the workspace loads. */
export const neverRead: Rule = {
  code: "never-read",
  family: "data",
  defaultSeverity: "hint",
  summary: "A key that is saved and that no script loads",
  check: (context) => {
    const { workspace, model } = context;
    // Where scripts are still being read, one of them may load it.
    if (workspace === undefined || !workspace.complete) return undefined;
    const reads = new Reads(model, workspace);
    return model.uses.flatMap((use) => checkUse(use, reads));
  },
};

function checkUse(use: StateUse, reads: Reads): Finding[] {
  const { member, namespace, key, keyArgument } = touchedBy(use) ?? {};
  if (member?.access !== "write" || keyArgument?.slot === undefined) return [];
  if (namespace?.kind !== "exact" || key?.kind !== "exact") return [];
  if (reads.has(namespace.text, key.text)) return [];
  const message = `No script of this workspace loads ${quote(key.text)} from ${quote(namespace.text)}.`;
  return [{ span: keyArgument.span, message }];
}

/**
 * What all scripts load. A script may save to one namespace thousands of times: each name is judged
 * once, and the namespace's uses are gone through once.
 */
class Reads {
  readonly #here: readonly Touched[];
  readonly #workspace: WorkspaceView;
  readonly #known = new Map<string, boolean>();
  readonly #ofNamespace = new Map<string, readonly ScriptUse[]>();

  constructor(model: ScriptModel, workspace: WorkspaceView) {
    this.#workspace = workspace;
    this.#here = allUses(model).flatMap((use) => {
      const touched = touchedBy(use);
      return touched !== undefined && isLoad(touched.member.access) ? [touched] : [];
    });
  }

  has(namespace: string, key: string): boolean {
    const name = `${namespace}\n${key}`;
    const known = this.#known.get(name) ?? this.#look(namespace, key);
    this.#known.set(name, known);
    return known;
  }

  #look(namespace: string, key: string): boolean {
    if (this.#here.some((touched) => isReadOf(touched, namespace, key))) return true;
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
