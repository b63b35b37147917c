import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { TomlTable, TomlValue } from "smol-toml";
import { nearest } from "../../../shared/src/nearest.ts";
import { type Kind, names, severity } from "./kinds.ts";
import { luaSettings } from "./lua.ts";
import { NAME_LISTS, NO_NAMES } from "./name-lists.ts";
import { CONFIG_RULE_CODES } from "./rules.ts";
import { RUNTIME_ONLY, RUNTIME_TABLE, SETTINGS, type Setting, STATE_TABLE } from "./settings.ts";
import { parseToml, type Span, type TomlDocument } from "./toml.ts";
import type {
  ConfigContext,
  ConfigProblem,
  ConfigRange,
  DatabaseSettings,
  LoadedConfiguration,
  NameLists,
  Severity,
  StateConfiguration,
} from "./types.ts";
import { replaceVariables } from "./variables.ts";

type ParsedDocument = Extract<TomlDocument, { ok: true }>;
type Settings = {
  -readonly [Name in keyof typeof SETTINGS]?: (typeof SETTINGS)[Name] extends Setting<infer T>
    ? T
    : never;
};

/** `[state.rules]`, as read. */
interface RuleSettings {
  readonly rules: Record<string, Severity>;
  readonly nameLists: NameLists;
}

/**
 * The effective settings that `text`, the content of `file` (an absolute path), gives, with every
 * problem at its place. Pure: environment and folders come with `context`; nothing is thrown.
 */
export function parseConfiguration(
  text: string,
  file: string,
  context: ConfigContext,
): LoadedConfiguration {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const document = parseToml(source);
  if (!document.ok) {
    const problem: ConfigProblem = {
      rule: "config-syntax",
      message: `This is not valid TOML: ${document.message}.`,
      next: "Correct it here; the settings of this file are not used until then.",
      file,
      range: rangeOf(source, document.span),
    };
    return { file, configuration: undefined, problems: [problem] };
  }
  const problems: ConfigProblem[] = [];
  const reader = new Reader(source, file, context, document, problems);
  const settings = reader.settings();
  const rules = reader.rules();
  const lua = luaSettings(document.root);
  const configuration = {
    ...effective(file, context, settings, rules, reader.hasTable()),
    ...(Object.keys(lua).length === 0 ? {} : { lua }),
  };
  if (configuration.backend === "postgres" && configuration.enabled) {
    reader.checkDatabase(configuration);
  }
  if (!context.trusted) reader.refuseOutside(configuration);
  problems.sort(byPosition);
  const usable = problems.every((problem) => problem.rule === "config-unknown-key");
  return { file, configuration: usable ? configuration : undefined, problems };
}

/** The configuration where there is no file. */
export function defaultConfiguration(context: ConfigContext): StateConfiguration {
  const none: RuleSettings = { rules: {}, nameLists: NO_NAMES };
  return effective(undefined, context, {}, none, false);
}

/** Where the URL of the database comes from when the file does not say. */
const URL_VARIABLE = "STATE_DATABASE_URL";

function effective(
  file: string | undefined,
  context: ConfigContext,
  settings: Settings,
  rules: RuleSettings,
  hasTable: boolean,
): StateConfiguration {
  const base = baseFolder(file, context.workspaceFolder);
  const path = resolve(base, settings.path ?? "state");
  const backend = settings.backend ?? "disk";
  return {
    file,
    enabled: settings.enabled ?? true,
    backend: backend === "disk" ? "sqlite" : backend,
    ...(backend === "postgres" ? { postgres: databaseSettings(settings, context) } : {}),
    path,
    migrationEnabled: settings.migrationEnabled ?? !hasTable,
    schemaVersion: settings.schemaVersion ?? "1.0.0",
    migrations: resolve(base, settings.migrations ?? "migrations"),
    backupEnabled: settings.backupEnabled ?? !hasTable,
    backupRetentionDays: settings.backupRetentionDays ?? 30,
    backupDir:
      settings.backupDir === undefined ? join(path, "backups") : resolve(base, settings.backupDir),
    maxBackups: settings.maxBackups,
    durability: settings.durability ?? "normal",
    historyLimit: settings.historyLimit ?? 20,
    maxValueBytes: settings.maxValueBytes ?? 1_048_576,
    ...rules,
  };
}

function databaseSettings(
  settings: Settings,
  { environment, trusted }: ConfigContext,
): DatabaseSettings {
  const { listenUrl } = settings;
  return {
    url: settings.url ?? (trusted ? environment[URL_VARIABLE] : undefined) ?? "",
    ...(listenUrl === undefined ? {} : { listenUrl }),
    schema: settings.schema ?? "llmspell_state",
    store: settings.store ?? "default",
    poolSize: settings.poolSize ?? 4,
    connectTimeoutMs: settings.connectTimeoutMs ?? 5000,
    requestTimeoutMs: settings.requestTimeoutMs ?? 5000,
  };
}

/** Paths in a file outside the workspace folder are relative to that file's folder. */
function baseFolder(file: string | undefined, workspaceFolder: string): string {
  return file === undefined || isInside(file, workspaceFolder) ? workspaceFolder : dirname(file);
}

/** Whether `path` is `folder` or lies below it; both absolute. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Reads our two tables of one document, and notes what is wrong with them. */
class Reader {
  readonly #text: string;
  readonly #file: string;
  readonly #context: ConfigContext;
  readonly #document: ParsedDocument;
  readonly #problems: ConfigProblem[];

  constructor(
    text: string,
    file: string,
    context: ConfigContext,
    document: ParsedDocument,
    problems: ConfigProblem[],
  ) {
    this.#text = text;
    this.#file = file;
    this.#context = context;
    this.#document = document;
    this.#problems = problems;
  }

  /** All settings that one of the tables sets rightly; where both do, `[state]` wins. */
  settings(): Settings {
    const places = Object.entries(SETTINGS) as [string, Setting<unknown>][];
    const read: Record<string, unknown> = {};
    for (const [name, { state, runtime }] of places) {
      const second = runtime && this.#read([...RUNTIME_TABLE, ...runtime.path], runtime.kind);
      const first = state && this.#read([...STATE_TABLE, ...state.path], state.kind);
      const value = first ?? second;
      if (value !== undefined) read[name] = value;
    }
    this.#reportUnknown(STATE_TABLE, [["rules"], ...pathsIn(places, "state")]);
    this.#reportUnknown(RUNTIME_TABLE, [...RUNTIME_ONLY, ...pathsIn(places, "runtime")]);
    // Each value was read by the kind of its own setting, which is what `Settings` says.
    return read as Settings;
  }

  /** Severities and lists of names in `[state.rules]`. */
  rules(): RuleSettings {
    const table = [...STATE_TABLE, "rules"];
    const rules: Record<string, Severity> = {};
    const lists: Record<string, readonly string[]> = {};
    const known = this.#context.knownRules;
    for (const name of Object.keys(this.#table(table) ?? {})) {
      const path = [...table, name];
      const list = NAME_LISTS.find((one) => one.name === name);
      if (list !== undefined) {
        lists[list.effective] = this.#read(path, names) ?? [];
      } else if (known !== undefined && ![...known, ...CONFIG_RULE_CODES].includes(name)) {
        const listed = NAME_LISTS.map((one) => one.name);
        this.#unknown(path, "rule", [...known, ...CONFIG_RULE_CODES, ...listed]);
      } else {
        const level = this.#read(path, severity);
        if (level !== undefined) rules[name] = level;
      }
    }
    return { rules, nameLists: { ...NO_NAMES, ...lists } };
  }

  /** Whether one of the two tables stands in the file; `[state.rules]` alone is none. */
  hasTable(): boolean {
    if (this.#value(RUNTIME_TABLE) !== undefined) return true;
    const state = this.#value(STATE_TABLE);
    if (state === undefined || this.#document.hasHeader(STATE_TABLE)) return state !== undefined;
    const keys = isTable(state) ? Object.keys(state) : [];
    return keys.length === 0 || keys.some((key) => key !== "rules");
  }

  /** A database is named by a URL without a password in the file, and only where the workspace is trusted. */
  checkDatabase({ postgres }: StateConfiguration): void {
    const backend = placesOf(SETTINGS.backend).find((path) => this.#value(path) !== undefined);
    const place = this.#valueSpan(backend ?? STATE_TABLE);
    if (!this.#context.trusted) {
      this.#report("config-value", place, {
        message: "This workspace is not trusted, so its database is not connected to.",
        next: "Trust the workspace.",
      });
      return;
    }
    for (const path of [...placesOf(SETTINGS.url), ...placesOf(SETTINGS.listenUrl)]) {
      const written = this.#value(path);
      if (typeof written !== "string" || !hasPassword(written)) continue;
      this.#report("config-value", this.#valueSpan(path), {
        message: "The password of a database must not stand in this file.",
        next: `Put the URL into the environment variable ${URL_VARIABLE} and write "\${${URL_VARIABLE}}" here. ${IN_EDITOR}`,
      });
    }
    if (postgres?.url !== "" || this.#value(["state", "url"]) !== undefined) return;
    this.#report("config-unset-variable", place, {
      message: `The state is in a database, and neither \`url\` nor the environment variable ${URL_VARIABLE} says where it is.`,
      next: `Set ${URL_VARIABLE} where the editor or the command is started. ${IN_EDITOR}`,
    });
  }

  /** An untrusted workspace may name no folder outside itself. */
  refuseOutside(configuration: StateConfiguration): void {
    const folders = [
      { at: [["state", "path"]], folder: configuration.path },
      { at: placesOf(SETTINGS.migrations), folder: configuration.migrations },
      { at: placesOf(SETTINGS.backupDir), folder: configuration.backupDir },
    ];
    for (const { at, folder } of folders) {
      if (isInside(folder, this.#context.workspaceFolder)) continue;
      const place = at.find((path) => this.#value(path) !== undefined);
      if (place === undefined) continue;
      this.#report("config-value", this.#valueSpan(place), {
        message: `The folder ${folder} lies outside the workspace, which is not trusted.`,
        next: "Trust the workspace, or name a folder inside it.",
      });
    }
  }

  #read<T>(path: readonly string[], kind: Kind<T>): T | undefined {
    const value = this.#value(path);
    if (value === undefined) return undefined;
    const replaced = this.#replace(value, path);
    if (replaced === undefined) return undefined;
    const read = kind.read(replaced);
    if (read === undefined) {
      this.#report("config-value", this.#valueSpan(path), {
        message: `\`${path.join(".")}\` must be ${kind.expected}${kind.secret === true ? "" : `; this is ${describe(replaced)}`}.`,
        ...(kind.secret === true ? { next: SECRET_HINT } : hint(kind, replaced)),
      });
    }
    return read;
  }

  /** The value with its variables replaced, in the strings of a list too; undefined with a fault. */
  #replace(value: TomlValue, path: readonly (string | number)[]): TomlValue | undefined {
    if (Array.isArray(value)) {
      const items = value.map((item, index) => this.#replace(item, [...path, index]));
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    if (typeof value !== "string" || !value.includes("${")) return value;
    const span = this.#valueSpan(path);
    const raw = this.#text.slice(span.start, span.end);
    const { text, faults } = replaceVariables(value, raw, this.#context);
    for (const { span: within, rule, message, next } of faults) {
      const place = { start: span.start + within.start, end: span.start + within.end };
      this.#report(rule, place, { message, next });
    }
    return faults.length === 0 ? text : undefined;
  }

  /** Reports what stands in a table and is not among `known`, the paths of its settings. */
  #reportUnknown(table: readonly string[], known: readonly (readonly string[])[]): void {
    const candidates = [...new Set(known.map(([first]) => first ?? ""))];
    for (const key of Object.keys(this.#table(table) ?? {})) {
      const path = [...table, key];
      const deeper = known.filter(([first, ...rest]) => first === key && rest.length > 0);
      if (!candidates.includes(key)) this.#unknown(path, "setting", candidates);
      else if (deeper.length > 0)
        this.#reportUnknown(
          path,
          deeper.map(([, ...rest]) => rest),
        );
    }
  }

  #unknown(
    path: readonly string[],
    unknown: "setting" | "rule",
    candidates: readonly string[],
  ): void {
    const name = path.at(-1) ?? "";
    const near = nearest(name, candidates) ?? counterpart(path);
    const span = this.#document.locate(path)?.key ?? { start: 0, end: 0 };
    this.#report("config-unknown-key", span, {
      message: `\`${name}\` is not a ${unknown} of [${path.slice(0, -1).join(".")}].`,
      unknown,
      ...(near === undefined
        ? { next: "Remove it, or see the documentation." }
        : { next: `Did you mean \`${near}\`?`, replacement: near }),
    });
  }

  /** The value at a path, where everything on the way is a table. */
  #value(path: readonly string[]): TomlValue | undefined {
    let value: TomlValue | undefined = this.#document.root;
    for (const key of path) {
      if (!isTable(value)) return undefined;
      value = Object.hasOwn(value, key) ? value[key] : undefined;
    }
    return value;
  }

  /** The table at a path; something else there is reported. */
  #table(path: readonly string[]): TomlTable | undefined {
    const value = this.#value(path);
    if (value === undefined || isTable(value)) return value;
    this.#report("config-value", this.#valueSpan(path), {
      message: `\`${path.join(".")}\` must be a table; this is ${describe(value)}.`,
      next: `Write its settings below a line [${path.join(".")}].`,
    });
    return undefined;
  }

  #valueSpan(path: readonly (string | number)[]): Span {
    return this.#document.locate(path)?.value ?? { start: 0, end: 0 };
  }

  #report(
    rule: ConfigProblem["rule"],
    span: Span,
    text: Pick<ConfigProblem, "message" | "next" | "replacement" | "unknown">,
  ): void {
    const range = rangeOf(this.#text, span);
    const problem: ConfigProblem = { rule, ...text, file: this.#file, range };
    const same = (other: ConfigProblem) =>
      other.message === problem.message && byPosition(other, problem) === 0;
    if (!this.#problems.some(same)) this.#problems.push(problem);
  }
}

const IN_EDITOR =
  'In VS Code, the command "LLMSpell State: Set Database URL" keeps it in the secret storage.';
const SECRET_HINT =
  "Write special characters of user and password as in URLs: %40 for @, %2F for /, %3A for :, %23 for #.";

/** Whether a URL as it stands in the file has a password that is not a variable. */
function hasPassword(written: string): boolean {
  const url = URL.parse(written.replaceAll(/\$\{[^}]*\}/g, ""));
  return url !== null && (url.password !== "" || (url.searchParams.get("password") ?? "") !== "");
}

function pathsIn(
  places: readonly [string, Setting<unknown>][],
  table: "state" | "runtime",
): readonly (readonly string[])[] {
  return places.flatMap(([, setting]) => {
    const path = setting[table]?.path;
    return path === undefined ? [] : [path];
  });
}

/** What a setting that stands in the wrong one of the two tables is called in the right one. */
function counterpart(path: readonly string[]): string | undefined {
  const name = path.at(-1);
  const settings: readonly Setting<unknown>[] = Object.values(SETTINGS);
  return path[0] === STATE_TABLE[0]
    ? settings.find(({ runtime }) => runtime?.path.at(-1) === name)?.state?.path[0]
    : settings.find(({ state }) => state?.path[0] === name)?.runtime?.path.join(".");
}

function placesOf({ state, runtime }: Setting<unknown>): readonly (readonly string[])[] {
  return [
    ...(state === undefined ? [] : [[...STATE_TABLE, ...state.path]]),
    ...(runtime === undefined ? [] : [[...RUNTIME_TABLE, ...runtime.path]]),
  ];
}

function isTable(value: TomlValue | undefined): value is TomlTable {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.getPrototypeOf(value) === null
  );
}

function describe(value: TomlValue): string {
  if (typeof value === "string") return shortened(JSON.stringify(value));
  if (typeof value === "boolean") return String(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return `the float ${value}`;
  if (Array.isArray(value)) return "a list";
  return isTable(value) ? "a table" : "a date";
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function hint(kind: Kind<unknown>, value: TomlValue): Pick<ConfigProblem, "next" | "replacement"> {
  const near =
    typeof value === "string" && kind.choices !== undefined
      ? nearest(value, kind.choices)
      : undefined;
  if (near === undefined) return { next: `Change it to ${kind.expected}.` };
  return kind.choices?.includes("true") === true
    ? { next: `Write ${near}, without quotes.`, replacement: near }
    : { next: `Did you mean "${near}"?`, replacement: JSON.stringify(near) };
}

function byPosition(a: ConfigProblem, b: ConfigProblem): number {
  return (
    a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character
  );
}

/** UTF-16 offsets as 0-based lines and characters. */
function rangeOf(text: string, { start, end }: Span): ConfigRange {
  return { start: positionOf(text, start), end: positionOf(text, end) };
}

function positionOf(text: string, offset: number): { line: number; character: number } {
  let line = 0;
  let lineStart = 0;
  for (
    let next = text.indexOf("\n");
    next !== -1 && next < offset;
    next = text.indexOf("\n", lineStart)
  ) {
    line++;
    lineStart = next + 1;
  }
  return { line, character: offset - lineStart };
}
