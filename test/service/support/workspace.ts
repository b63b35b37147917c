import { buildScriptModel } from "../../../server/src/language/script-model.ts";
import { argumentFor, touchedBy } from "../../../server/src/language/touched.ts";
import type { KnownText } from "../../../server/src/language/values/known-text.ts";
import { matches, overlaps } from "../../../server/src/language/values/matching.ts";
import type {
  NameQuery,
  Names,
  ScriptUse,
  WorkspaceView,
} from "../../../server/src/language/workspace-view.ts";

/** What the scripts (text by file) of a workspace do to State, found by looking at each use. */
export function workspaceOf(
  scripts: Readonly<Record<string, string>>,
  complete = true,
): WorkspaceView {
  const all = Object.entries(scripts).flatMap(([file, text]) => usesIn(file, text));
  const inNamespace = (namespace: KnownText) =>
    all.filter((use) => overlaps(use.namespace, namespace));
  return {
    complete,
    usesOf: (namespace, key) => {
      const found = inNamespace(namespace).filter((use) => use.key !== undefined);
      const isSame = (use: ScriptUse) => equal(use.namespace, namespace) && equal(use.key, key);
      const known = found.filter((use) => use.key?.kind !== "unknown");
      return {
        same: known.filter(isSame),
        overlapping: known.filter((use) => !isSame(use) && use.key && overlaps(use.key, key)),
        unknown: found.filter((use) => use.key?.kind === "unknown"),
      };
    },
    usesOfNamespace: (namespace) => ({
      same: inNamespace(namespace).filter((use) => equal(use.namespace, namespace)),
      overlapping: inNamespace(namespace).filter((use) => !equal(use.namespace, namespace)),
    }),
    usesIn: (file) => all.filter((use) => use.file === file),
    namespaces: (query) =>
      names(
        all.map((use) => use.namespace),
        query,
      ),
    keys: (namespace, query) =>
      names(
        all.flatMap((use) =>
          use.namespace.kind === "exact" && matches(use.namespace, namespace) && use.key
            ? [use.key]
            : [],
        ),
        query,
      ),
    modulesOf: () => [],
    moduleLookup: () => () => undefined,
  };
}

function equal(a: KnownText | undefined, b: KnownText | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function names(texts: readonly KnownText[], { prefix = "", limit = 1000 }: NameQuery = {}): Names {
  const counts = new Map<string, number>();
  for (const text of texts) {
    if (text.kind === "exact" && text.text.startsWith(prefix)) {
      counts.set(text.text, (counts.get(text.text) ?? 0) + 1);
    }
  }
  const exact = [...counts].sort().map(([text, uses]) => ({ text, uses }));
  return { exact: exact.slice(0, limit), patterns: [], more: exact.length > limit };
}

function usesIn(file: string, text: string): ScriptUse[] {
  const model = buildScriptModel(text);
  return [...model.uses, ...model.wrapperUses].flatMap((use): ScriptUse[] => {
    const touched = touchedBy(use);
    if (touched === undefined || touched.member.access === "none") return [];
    const startLine = text.slice(0, use.span.start).split("\n").length - 1;
    const place = {
      ...use.span,
      startLine,
      startCharacter: 0,
      endLine: startLine,
      endCharacter: 0,
    };
    const saved = touched.member.access === "write" ? argumentFor(use, "value") : undefined;
    const value = saved === undefined ? undefined : model.shapes.of(saved.expression);
    const [, around] = /function (\w+)\(.*$/.exec(text.split("\n")[startLine] ?? "") ?? [];
    return [
      {
        file,
        member: use.member,
        access: touched.member.access,
        via: use.via,
        namespace: touched.namespace,
        ...(touched.key === undefined ? {} : { key: touched.key }),
        place,
        memberPlace: place,
        ...(around === undefined ? {} : { function: around }),
        ...(value === undefined || value.kind === "unknown" ? {} : { value }),
      },
    ];
  });
}
