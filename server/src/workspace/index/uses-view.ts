import type { KnownText } from "../../language/values/known-text.ts";
import type {
  NameQuery,
  Names,
  ScriptUse,
  UsesOfKey,
  UsesOfName,
  WorkspaceView,
} from "../../language/workspace-view.ts";

/** What is asked about the uses of names. */
type UsesAnswers = Pick<
  WorkspaceView,
  "usesOf" | "usesOfNamespace" | "usesIn" | "namespaces" | "keys"
>;

/** A view whose answers about uses are those of tables that are brought up to date before each. */
export abstract class UsesView implements UsesAnswers {
  protected abstract upToDate(): UsesAnswers;

  usesOf(namespace: KnownText, key: KnownText, limit?: number): UsesOfKey {
    return this.upToDate().usesOf(namespace, key, limit);
  }

  usesOfNamespace(namespace: KnownText, limit?: number): UsesOfName {
    return this.upToDate().usesOfNamespace(namespace, limit);
  }

  usesIn(file: string): readonly ScriptUse[] {
    return this.upToDate().usesIn(file);
  }

  namespaces(query?: NameQuery): Names {
    return this.upToDate().namespaces(query);
  }

  keys(namespace: string, query?: NameQuery): Names {
    return this.upToDate().keys(namespace, query);
  }
}
