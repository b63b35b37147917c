import { StateError } from "../../../shared/src/errors.ts";
import { nearest } from "../../../shared/src/nearest.ts";
import type * as protocol from "../../../shared/src/protocol.ts";

type Protocol = typeof protocol;

/** The parameters of each custom request, by its name without `llmspellState/`. */
type ParamsByRequest = {
  [C in keyof Protocol as C extends `${infer Name}Request` ? Name : never]: NonNullable<
    Protocol[C] extends protocol.RequestType<infer P, unknown> ? P : never
  >;
};

/** How a parameter stands in what a request takes: without a needed one there is no answer. */
type Standing<P, F extends keyof P> = F extends "store"
  ? "optional"
  : Record<never, never> extends Pick<P, F>
    ? "optional"
    : "needed";

const STORE = { store: "optional" } as const;
const ENTRY = { ...STORE, namespace: "needed", key: "needed" } as const;
const BACKUP = { ...STORE, id: "needed" } as const;
const PART = { namespaces: "optional", keys: "optional" } as const;
const RENAMING = {
  ...STORE,
  namespace: "needed",
  key: "optional",
  prefix: "optional",
  to: "needed",
} as const;
const RUN = { runId: "needed" } as const;

/** Any request may have one: LSP 3.17 lets clients ask for progress. */
type ProgressToken = "workDoneToken" | "partialResultToken";
const PROGRESS: ReadonlySet<string> = new Set<ProgressToken>([
  "workDoneToken",
  "partialResultToken",
]);

/** All that each request takes, as the protocol's types have it. A store is needed where there are several. */
const TAKEN: {
  readonly [R in keyof ParamsByRequest]: {
    readonly [F in Exclude<keyof ParamsByRequest[R], ProgressToken>]-?: Standing<
      ParamsByRequest[R],
      F
    >;
  };
} = {
  applyRun: RUN,
  backups: STORE,
  cancelScript: RUN,
  checkValue: { ...ENTRY, text: "needed" },
  children: {
    ...STORE,
    namespace: "needed",
    prefix: "optional",
    after: "optional",
    until: "optional",
    limit: "optional",
  },
  createBackup: { ...STORE, incremental: "optional" },
  delete: { ...ENTRY, ifRevision: "optional" },
  deleteBackup: BACKUP,
  deleteEntries: { ...STORE, parts: "needed", dryRun: "optional" },
  diffBackup: { ...BACKUP, ...PART, to: "optional" },
  discardRun: RUN,
  entries: {
    ...STORE,
    namespace: "needed",
    prefix: "optional",
    after: "optional",
    limit: "optional",
  },
  exportBackup: { ...BACKUP, folder: "needed" },
  exportEntries: { ...STORE, file: "needed", parts: "optional" },
  history: ENTRY,
  importBackup: { ...STORE, file: "needed" },
  importEntries: { ...STORE, file: "needed", dryRun: "optional" },
  luaLibrary: { ...STORE, types: "optional" },
  migrate: { ...STORE, version: "optional" },
  namespaces: STORE,
  openRule: { rule: "needed" },
  overview: STORE,
  planMigration: { ...STORE, version: "optional" },
  planRename: RENAMING,
  planRetention: { ...STORE, days: "optional", count: "optional" },
  pruneBackups: { ...STORE, dryRun: "optional", days: "optional", count: "optional" },
  read: { ...ENTRY, reveal: "optional", format: "optional" },
  recentChanges: { ...STORE, limit: "optional" },
  references: { ...STORE, namespace: "needed", key: "optional" },
  renameEntries: { ...RENAMING, since: "optional" },
  restoreBackup: { ...BACKUP, ...PART, setAside: "optional" },
  runChange: { ...RUN, namespace: "needed", key: "needed" },
  runScript: {
    uri: "needed",
    ...RUN,
    source: "optional",
    line: "optional",
    args: "optional",
    timeout: "optional",
    dryRun: "optional",
    withLlmspell: "optional",
  },
  search: {
    ...STORE,
    namespace: "optional",
    prefix: "optional",
    text: "optional",
    where: "optional",
    types: "optional",
    sort: "optional",
    limit: "optional",
  },
  stores: {},
  undo: { ...ENTRY, to: "optional" },
  valueSchema: ENTRY,
  verifyBackup: { ...BACKUP, quick: "optional" },
  write: { ...ENTRY, value: "needed", format: "optional", ifRevision: "optional" },
};

const TAKEN_BY: ReadonlyMap<string, ReadonlyMap<string, "needed" | "optional">> = new Map(
  Object.entries(TAKEN).map(([name, fields]) => [name, new Map(Object.entries(fields))]),
);

/** What the parameters of custom requests hold, by name: the same in every request that has them. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    string:
      "after file folder format id key namespace prefix rule runId sort source store text until uri value version where",
    number: "count days ifRevision limit line since timeout",
    boolean: "dryRun incremental quick reveal setAside withLlmspell",
  }).flatMap(([type, names]) => names.split(" ").map((name) => [name, type])),
);

/**
 * Looks at what an editor sent with a custom request: any editor may, and a slip must not look like a
 * defect or a damaged store.
 * @param name of the request, without `llmspellState/`
 * @throws StateError `invalid-params` that names the parameter
 */
export function checkParams(name: string, params: object): void {
  const given = new Map<string, unknown>(Object.entries(params));
  for (const [field, value] of given) {
    const type = TYPES.get(field);
    if (type === undefined || value === undefined || value === null) continue;
    if (typeof value !== type || Number.isNaN(value)) {
      throw invalid(`\`${field}\` of llmspellState/${name} is a ${type}; this is ${shown(value)}.`);
    }
  }
  const taken = TAKEN_BY.get(name) ?? new Map();
  const unknown = [...given.keys()].find((field) => !taken.has(field) && !PROGRESS.has(field));
  if (unknown !== undefined) {
    const meant = nearest(unknown, [...taken.keys()]);
    const hint = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
    throw invalid(`llmspellState/${name} takes no \`${unknown}\`${hint || "."}`);
  }
  for (const [field, standing] of taken) {
    if (standing === "needed" && (given.get(field) ?? null) === null) {
      throw invalid(`llmspellState/${name} needs \`${field}\`.`);
    }
  }
}

function shown(value: unknown): string {
  return typeof value === "object" ? "an object" : JSON.stringify(value);
}

function invalid(message: string): StateError {
  return new StateError(
    "invalid-params",
    message,
    "What it takes is in shared/src/protocol.ts of LLMSpell State.",
  );
}
