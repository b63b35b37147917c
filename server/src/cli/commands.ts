import type { Command } from "./command.ts";
import {
  backupCreate,
  backupDelete,
  backupDiff,
  backupList,
  backupPrune,
  backupRestore,
  backupVerify,
} from "./commands/backup.ts";
import { check } from "./commands/check.ts";
import { completion } from "./commands/completion.ts";
import { copy } from "./commands/copy.ts";
import { doctor } from "./commands/doctor.ts";
import { exportState } from "./commands/export.ts";
import { get } from "./commands/get.ts";
import { history, undo } from "./commands/history.ts";
import { importState } from "./commands/import.ts";
import { ls } from "./commands/ls.ts";
import { migrate, schema } from "./commands/migrate.ts";
import { rm } from "./commands/rm.ts";
import { run } from "./commands/run.ts";
import { set } from "./commands/set.ts";
import { watchState } from "./commands/watch.ts";

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  run,
  check,
  ls,
  get,
  set,
  rm,
  history,
  undo,
  exportState,
  importState,
  copy,
  watchState,
  backupCreate,
  backupList,
  backupVerify,
  backupDiff,
  backupRestore,
  backupDelete,
  backupPrune,
  migrate,
  schema,
  doctor,
  completion,
];
