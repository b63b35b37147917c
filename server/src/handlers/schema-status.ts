import { type Diagnostic, DiagnosticSeverity, type Range } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { StateError } from "../../../shared/src/errors.ts";
import { DIAGNOSTIC_SOURCE } from "../../../shared/src/names.ts";
import { RUNTIME_TABLE, STATE_TABLE } from "../config/settings.ts";
import { parseToml } from "../config/toml.ts";
import type { StateConfiguration } from "../config/types.ts";
import { listMigrations } from "../engine/migration/folder.ts";
import { checkVersion, findRoute } from "../engine/migration/route.ts";
import { compareVersions, type Version } from "../engine/migration/versions.ts";
import type { StateFolder } from "../workspace/folder.ts";
import { rangeOf } from "./positions.ts";

/** Where the migrations of a folder are written in. */
const EXTENSIONS = [".toml", ".lua"];
const CODE = "schema-version";
const PAGE = "https://github.com/llmspell/llmspell-state/blob/main/docs/migrations.md";

/** That the configured schema version is not the store's. */
export interface SchemaDifference {
  readonly diagnostic: Diagnostic;
  /** The configured version. */
  readonly version: string;
  /** How many migrations lead there; undefined: none is pending, or there is no way. */
  readonly migrations: number | undefined;
}

/**
 * How the configured schema version differs from that of what is stored: ahead is a hint, for
 * migrations are pending; behind is an information. undefined where they are the same, or nothing is
 * stored.
 * @param configuration what the text gives
 */
export async function schemaDifference(
  folder: StateFolder,
  configuration: StateConfiguration | undefined,
  text: string,
): Promise<SchemaDifference | undefined> {
  if (configuration === undefined || configuration.path !== folder.configuration?.path) {
    return undefined;
  }
  try {
    const stored = await folder.schemaVersion();
    if (stored === undefined) return undefined;
    const current = checkVersion(stored);
    const wanted = checkVersion(configuration.schemaVersion);
    const order = compareVersions(wanted, current);
    if (order === 0) return undefined;
    const way = order > 0 ? await wayTo(current, wanted, configuration.migrations) : undefined;
    const about = `What is stored has the schema version ${stored}`;
    const diagnostic: Diagnostic = {
      range: placeOf(text),
      severity: order > 0 ? DiagnosticSeverity.Hint : DiagnosticSeverity.Information,
      source: DIAGNOSTIC_SOURCE,
      code: CODE,
      codeDescription: { href: PAGE },
      message:
        way !== undefined
          ? `${about}: ${way.text}`
          : `${about}, which is newer than ${wanted.text}. Nothing is migrated by itself: set ${stored} here, or migrate down.`,
    };
    return { diagnostic, version: wanted.text, migrations: way?.migrations };
  } catch (error) {
    // A store that cannot be read is reported once, by whoever opens it.
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

/** How far it is from one version to the other, and what to do. */
async function wayTo(
  current: Version,
  wanted: Version,
  folder: string,
): Promise<{ readonly migrations: number | undefined; readonly text: string }> {
  try {
    const { length } = findRoute(current, wanted, await listMigrations(folder, EXTENSIONS));
    const next = `Preview and apply, or run llmspell-state migrate ${wanted.text}.`;
    return { migrations: length, text: `${countMigrations(length)} to go. ${next}` };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    return { migrations: undefined, text: `${error.message} ${error.next}` };
  }
}

/** `1 migration`, `3 migrations`. */
export function countMigrations(count: number): string {
  return count === 1 ? "1 migration" : `${count} migrations`;
}

/** The same, where migrations are pending. */
export async function migrationAhead(
  folder: StateFolder,
  configuration: StateConfiguration | undefined,
  text: string,
): Promise<SchemaDifference | undefined> {
  const found = await schemaDifference(folder, configuration, text);
  return found?.diagnostic.severity === DiagnosticSeverity.Hint ? found : undefined;
}

/** The version as it is written, else the table that it would stand in. */
function placeOf(text: string): Range {
  const parsed = parseToml(text.replace(/^\uFEFF/, " "));
  const span = parsed.ok
    ? (parsed.locate([...STATE_TABLE, "schema_version"])?.value ??
      parsed.locate(STATE_TABLE)?.key ??
      parsed.locate(RUNTIME_TABLE)?.key)
    : undefined;
  return rangeOf(TextDocument.create("", "", 0, text), span ?? { start: 0, end: 0 });
}
