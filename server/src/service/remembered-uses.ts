import type { UsesOfKey, WorkspaceView } from "../language/workspace-view.ts";

/** The view for as long as nothing changes: several rules ask for the uses of one and the same entry. */
export function rememberingUses(workspace: WorkspaceView): WorkspaceView {
  const known = new Map<string, UsesOfKey>();
  return {
    complete: workspace.complete,
    usesOf: (namespace, key) => {
      if (namespace.kind !== "exact" || key.kind !== "exact")
        return workspace.usesOf(namespace, key);
      // A line feed is in no name.
      const name = `${namespace.text}\n${key.text}`;
      const uses = known.get(name) ?? workspace.usesOf(namespace, key);
      known.set(name, uses);
      return uses;
    },
    usesOfNamespace: (namespace) => workspace.usesOfNamespace(namespace),
    usesIn: (file) => workspace.usesIn(file),
    namespaces: (query) => workspace.namespaces(query),
    keys: (namespace, query) => workspace.keys(namespace, query),
    modulesOf: (file) => workspace.modulesOf(file),
    moduleLookup: (file) => workspace.moduleLookup(file),
  };
}
