import { StateError } from "../../../shared/src/errors.ts";
import { nearest } from "../../../shared/src/nearest.ts";
import type {
  DeleteEntriesParams,
  DeleteParams,
  ImportEntriesParams,
  MigrationParams,
  PruneBackupsParams,
  RenameParams,
  RestoreBackupParams,
  RunScriptParams,
  UndoParams,
  WriteParams,
} from "../../../shared/src/protocol.ts";

/** What the parameters of custom requests hold, by name: the same in every request that has them. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    string:
      "after file folder format id key namespace prefix rule runId sort source store text until uri value version where",
    number: "count days ifRevision limit line timeout",
    boolean: "dryRun incremental quick reveal setAside withLlmspell",
  }).flatMap(([type, names]) => names.split(" ").map((name) => [name, type])),
);

/** What a request cannot be answered without, beside `store`. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  applyRun: ["runId"],
  cancelScript: ["runId"],
  checkValue: ["namespace", "key", "text"],
  children: ["namespace"],
  delete: ["namespace", "key"],
  deleteBackup: ["id"],
  deleteEntries: ["parts"],
  diffBackup: ["id"],
  discardRun: ["runId"],
  entries: ["namespace"],
  exportBackup: ["id", "folder"],
  exportEntries: ["file"],
  history: ["namespace", "key"],
  importBackup: ["file"],
  importEntries: ["file"],
  openRule: ["rule"],
  planRename: ["namespace", "to"],
  read: ["namespace", "key"],
  references: ["namespace"],
  renameEntries: ["namespace", "to"],
  restoreBackup: ["id"],
  runChange: ["runId", "namespace", "key"],
  runScript: ["uri"],
  undo: ["namespace", "key"],
  valueSchema: ["namespace", "key"],
  verifyBackup: ["id"],
  write: ["namespace", "key", "value"],
};

/** What changes much unless a parameter says to change less, or to change only what was seen. */
interface Changing {
  delete: DeleteParams;
  deleteEntries: DeleteEntriesParams;
  importEntries: ImportEntriesParams;
  migrate: MigrationParams;
  pruneBackups: PruneBackupsParams;
  renameEntries: RenameParams;
  restoreBackup: RestoreBackupParams;
  runScript: RunScriptParams;
  undo: UndoParams;
  write: WriteParams;
}

/** Everything that those take: in them a misspelt parameter must not be passed over. */
const TAKEN: {
  readonly [R in keyof Changing]: { readonly [F in keyof Required<Changing[R]>]: true };
} = {
  delete: { store: true, namespace: true, key: true, ifRevision: true },
  deleteEntries: { store: true, parts: true, dryRun: true },
  importEntries: { store: true, file: true, dryRun: true, workDoneToken: true },
  migrate: { store: true, version: true, workDoneToken: true },
  pruneBackups: { store: true, dryRun: true, days: true, count: true, workDoneToken: true },
  renameEntries: { store: true, namespace: true, key: true, to: true },
  restoreBackup: {
    store: true,
    id: true,
    namespaces: true,
    keys: true,
    setAside: true,
    workDoneToken: true,
  },
  runScript: {
    uri: true,
    source: true,
    line: true,
    runId: true,
    args: true,
    timeout: true,
    dryRun: true,
    withLlmspell: true,
  },
  undo: { store: true, namespace: true, key: true, to: true },
  write: {
    store: true,
    namespace: true,
    key: true,
    value: true,
    format: true,
    ifRevision: true,
  },
};

const TAKEN_BY: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(TAKEN).map(([name, fields]) => [name, Object.keys(fields)]),
);

/**
 * Looks at what an editor sent with a custom request: any editor may, and a slip must not look like a
 * defect or a damaged store. What is not known is left alone, unless the request changes much.
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
  const taken = TAKEN_BY.get(name);
  const unknown = taken && [...given.keys()].find((field) => !taken.includes(field));
  if (taken !== undefined && unknown !== undefined) {
    const meant = nearest(unknown, taken);
    const hint = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
    throw invalid(`llmspellState/${name} takes no \`${unknown}\`${hint || "."}`);
  }
  for (const field of REQUIRED[name] ?? []) {
    if (given.get(field) === undefined || given.get(field) === null) {
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
