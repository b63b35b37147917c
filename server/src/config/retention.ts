import { type ConfigEdit, enableFeature, enableSetting, removeSetting } from "./edit.ts";
import { RUNTIME_TABLE, STATE_TABLE } from "./settings.ts";
import { parseToml } from "./toml.ts";

/** How long and how many backups are kept; what is absent stays as it is. */
export interface RetentionWish {
  /** Whole days, at least 1. */
  readonly days?: number;
  /** At least 1; null: no limit. */
  readonly count?: number | null;
}

type Feature = Parameters<typeof enableFeature>[1];

const SECONDS_OF_DAY = 86_400;
const RUNTIME_BACKUP = [...RUNTIME_TABLE, "backup"];

/**
 * A configuration's text with other limits for backups, comments and layout as they were; undefined
 * where it is no TOML or cannot be edited so. A limit is put where it is set now, else in the table
 * that the file has.
 * @param keep what scripts may use and must go on to: a table that does not say so would end it
 */
export function withRetention(
  text: string,
  { days, count }: RetentionWish,
  keep: readonly Feature[],
): string | undefined {
  let edited: string | undefined = text;
  for (const feature of keep) edited = edit(edited, (now) => enableFeature(now, feature));
  if (days !== undefined) {
    edited = put(edited, "backup_retention_days", days, "max_backup_age", days * SECONDS_OF_DAY);
  }
  if (count === null) {
    edited = remove(edited, STATE_TABLE, "max_backups");
    return remove(edited, RUNTIME_BACKUP, "max_backups");
  }
  return count === undefined ? edited : put(edited, "max_backups", count, "max_backups", count);
}

/** Sets what has a name in each of the two tables, in the one that decides. */
function put(
  text: string | undefined,
  stateKey: string,
  stateValue: number,
  runtimeKey: string,
  runtimeValue: number,
): string | undefined {
  const document = parseToml(text?.replace(/^\uFEFF/, "") ?? "");
  if (text === undefined || !document.ok) return undefined;
  const has = (path: readonly string[]) => document.locate(path) !== undefined;
  const inRuntime =
    has([...RUNTIME_BACKUP, runtimeKey]) || (has(RUNTIME_TABLE) && !has(STATE_TABLE));
  const ours = has([...STATE_TABLE, stateKey]) || !inRuntime;
  return edit(text, (now) =>
    ours
      ? enableSetting(now, STATE_TABLE, stateKey, stateValue)
      : enableSetting(now, RUNTIME_BACKUP, runtimeKey, runtimeValue),
  );
}

function remove(
  text: string | undefined,
  table: readonly string[],
  key: string,
): string | undefined {
  const document = parseToml(text?.replace(/^\uFEFF/, "") ?? "");
  if (document.ok && document.locate([...table, key]) === undefined) return text;
  return edit(text, (now) => removeSetting(now, table, key));
}

function edit(
  text: string | undefined,
  make: (text: string) => ConfigEdit | undefined,
): string | undefined {
  const made = text === undefined ? undefined : make(text);
  if (text === undefined || made === undefined) return undefined;
  return text.slice(0, made.span.start) + made.newText + text.slice(made.span.end);
}
