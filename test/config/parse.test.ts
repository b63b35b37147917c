// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what the configuration replaces.
import { describe, expect, test } from "vitest";
import { parseConfiguration } from "../../server/src/config/parse.ts";
import type {
  ConfigContext,
  ConfigRule,
  StateConfiguration,
} from "../../server/src/config/types.ts";

const FILE = "/work/space/llmspell.toml";
const context: ConfigContext = {
  workspaceFolder: "/work/space",
  environment: { HOME: "/home/ada", EMPTY: "", "ODD-NAME": "x" },
  trusted: true,
  knownRules: ["vague-key", "vague-namespace"],
};

/** The text without its marks `«` and `»`, and the marked ranges as `line:character-line:character`. */
function unmark(marked: string): { text: string; ranges: string[] } {
  let text = "";
  let line = 0;
  let character = 0;
  let start = "";
  const ranges: string[] = [];
  for (let index = 0; index < marked.length; index++) {
    const char = marked.charAt(index);
    if (char === "«") start = `${line}:${character}`;
    else if (char === "»") ranges.push(`${start}-${line}:${character}`);
    else {
      text += char;
      if (char === "\n") [line, character] = [line + 1, 0];
      else character++;
    }
  }
  return { text, ranges };
}

function problemsOf(text: string, options: Partial<ConfigContext> = {}, file = FILE) {
  return parseConfiguration(text, file, { ...context, ...options }).problems.map((problem) => {
    const { start, end } = problem.range;
    const range = `${start.line}:${start.character}-${end.line}:${end.character}`;
    return { rule: problem.rule, range, said: `${problem.message} ${problem.next}` };
  });
}

function settingsOf(text: string, options: Partial<ConfigContext> = {}, file = FILE) {
  const { configuration, problems } = parseConfiguration(text, file, { ...context, ...options });
  expect(problems).toEqual([]);
  return configuration;
}

interface Case {
  readonly marked: string;
  readonly rules: readonly ConfigRule[];
  /** A part of what is said of the first problem. */
  readonly says: string;
  readonly untrusted?: true;
}

const value = ["config-value"] as const;
const unknown = ["config-unknown-key"] as const;
const unset = ["config-unset-variable"] as const;
const syntax = ["config-syntax"] as const;

const CASES: readonly Case[] = [
  // Wrong types and values of each setting of [state]
  { marked: '[state]\nenabled = «"yes"»', rules: value, says: "must be true or false" },
  { marked: '[state]\nenabled = «"true"» # c', rules: value, says: "Write true, without quotes" },
  { marked: '[state]\nbackend = «"sqllite"»', rules: value, says: 'Did you mean "sqlite"?' },
  { marked: "[state]\nbackend = «3»", rules: value, says: "this is 3" },
  { marked: '[state]\nbackend = «"postgres"»', rules: unset, says: "STATE_DATABASE_URL" },
  {
    marked: '[state]\nbackend = "postgres"\nurl = «"postgres://ada:pw@db/x"»',
    rules: value,
    says: "must not stand in this file",
  },
  {
    marked: '[state]\nbackend = "postgres"\nurl = «"mysql://db/x"»',
    rules: value,
    says: "must be the URL of a database",
  },
  { marked: '[state]\nschema = «"Team"»', rules: value, says: "lower-case letters" },
  { marked: '[state]\nstore = «"a b"»', rules: value, says: "a name of letters" },
  { marked: "[state]\npool_size = «1»", rules: value, says: "at least 2" },
  { marked: "[state]\npath = «'  '»", rules: value, says: "the path of a folder" },
  { marked: '[state]\npath = «"~/state"»', rules: value, says: '"~" is not expanded' },
  { marked: '[state]\npath = «"a\\u0000b"»', rules: value, says: "the path of a folder" },
  { marked: "[state]\npath = «['a']»", rules: value, says: "a list" },
  { marked: "[state]\nmigration_enabled = «1»", rules: value, says: "must be true or false" },
  { marked: '[state]\nschema_version = «"1.0"»', rules: value, says: "semantic version" },
  { marked: '[state]\nschema_version = «"01.0.0"»', rules: value, says: "semantic version" },
  { marked: "[state]\nschema_version = «1.0»", rules: value, says: "the float 1" },
  { marked: "[state]\nmigrations = «{ a = 1 }»", rules: value, says: "this is a table" },
  { marked: "[state]\nbackup_retention_days = «30.0»", rules: value, says: "the float 30" },
  { marked: "[state]\nbackup_retention_days = «0»", rules: value, says: "at least 1" },
  { marked: "[state]\nbackup_dir = «1979-05-27 07:32:00» # c", rules: value, says: "a date" },
  { marked: "[state]\nmax_backups = «-1»", rules: value, says: "this is -1" },
  { marked: "[state]\nmax_backups = «9223372036854775807»", rules: value, says: "whole number" },
  { marked: '[state]\ndurability = «"Full"»', rules: value, says: 'Did you mean "full"?' },
  { marked: "[state]\nhistory_limit = «-1»", rules: value, says: "at least 0" },
  { marked: "[state]\nmax_value_bytes = «0x0»", rules: value, says: "at least 1" },
  { marked: "[state]\nmax_value_bytes = «inf»", rules: value, says: "the float Infinity" },
  // The same of rs-llmspell's table
  {
    marked: '[runtime.state_persistence]\nbackend_type = «"redis"»',
    rules: value,
    says: '"disk", "sqlite", "memory" or "postgres"',
  },
  {
    marked: '[runtime.state_persistence]\nbackend_type = «"postgres"»',
    rules: unset,
    says: "STATE_DATABASE_URL",
  },
  {
    marked: "[runtime.state_persistence.backup]\nmax_backup_age = «1.5»",
    rules: value,
    says: "a whole number of seconds",
  },
  {
    marked: "[runtime.state_persistence]\nbackup.backup_dir = «7»",
    rules: value,
    says: "the path of a folder",
  },
  {
    marked: "[runtime]\nstate_persistence.enabled = «0»",
    rules: value,
    says: "must be true or false",
  },
  { marked: "runtime = { state_persistence = { enabled = «0» } }", rules: value, says: "must be" },
  // Tables that are none
  { marked: "state = «3»", rules: value, says: "`state` must be a table" },
  { marked: "[[«state»]]\npath = 'x'", rules: value, says: "must be a table; this is a list" },
  { marked: "[runtime]\nstate_persistence = «true»", rules: value, says: "must be a table" },
  {
    marked: "[runtime.state_persistence]\nbackup = «1»",
    rules: value,
    says: "`runtime.state_persistence.backup` must be a table",
  },
  { marked: '[state]\nrules = «"off"»', rules: value, says: "`state.rules` must be a table" },
  // Rules
  { marked: '[state.rules]\nvague-key = «"warn"»', rules: value, says: '"hint", "information"' },
  { marked: '[state.rules]\nvague-key = «"eror"»', rules: value, says: 'Did you mean "error"?' },
  { marked: "[state.rules]\nallowed_keys = «['a', 1]»", rules: value, says: "a list of names" },
  {
    marked: "[state.rules]\n«vague-kye» = 'off'",
    rules: unknown,
    says: "Did you mean `vague-key`?",
  },
  { marked: "[state.rules]\nforbidden_keys = «'a'»", rules: value, says: "a list of names" },
  { marked: "[state.rules]\n«forbiden_keys» = []", rules: unknown, says: "`forbidden_keys`" },
  { marked: "[state.rules]\n«allow_keys» = []", rules: unknown, says: "`allowed_keys`" },
  // Unknown keys
  { marked: "[state]\n«pth» = 'x'", rules: unknown, says: "Did you mean `path`?" },
  { marked: "[state]\n«Path» = 'x'", rules: unknown, says: "Did you mean `path`?" },
  { marked: "[state]\n«backup-enabled» = true", rules: unknown, says: "`backup_enabled`" },
  { marked: "[state]\n«compression» = 'zstd'", rules: unknown, says: "Remove it" },
  { marked: '[state]\n«"a b"» = 1', rules: unknown, says: "`a b` is not a setting of [state]" },
  { marked: "[state.«backup»]\nx = 1\ny = 2", rules: unknown, says: "`backup` is not a setting" },
  { marked: "«staet».path = 'x'", rules: [], says: "" },
  { marked: "[state]\n«backend_type» = 'sqlite'", rules: unknown, says: "Did you mean `backend`?" },
  {
    marked: "[runtime.state_persistence]\n«path» = 'x'",
    rules: unknown,
    says: "is not a setting of [runtime.state_persistence]",
  },
  {
    marked: "[runtime.state_persistence.backup]\n«max_backup» = 1",
    rules: unknown,
    says: "Did you mean `max_backups`?",
  },
  { marked: "[state]\n«'__proto__'» = 1", rules: unknown, says: "__proto__" },
  {
    marked: "[runtime.state_persistence]\n«backend» = 'disk'",
    rules: unknown,
    says: "backend_type",
  },
  // Variables
  { marked: '[state]\npath = "a/«${NOPE}»/b"', rules: unset, says: "variable NOPE is not set" },
  {
    marked: '[state]\npath = "«${NOPE}»${HOME}«${NADA}»"',
    rules: [...unset, ...unset],
    says: "NOPE",
  },
  { marked: '[state]\npath = «"\\u0024{NOPE}"»', rules: unset, says: "NOPE is not set" },
  { marked: '[state]\npath = "«${A-B}»"', rules: value, says: "is not a reference" },
  { marked: '[state]\npath = "«${OPEN»"', rules: value, says: "is not a reference" },
  { marked: '[state]\npath = «"${EMPTY}"»', rules: value, says: "the path of a folder" },
  { marked: "[state]\npath = '''\n«${NOPE}»/x'''", rules: unset, says: "NOPE" },
  { marked: '[state.rules]\nallowed_keys = ["a", "«${NOPE}»"]', rules: unset, says: "NOPE" },
  { marked: '[state]\npath = "«${HOME}»/x"', rules: unset, says: "not trusted", untrusted: true },
  // Folders outside an untrusted workspace
  {
    marked: '[state]\npath = «"../x"»',
    rules: value,
    says: "outside the workspace",
    untrusted: true,
  },
  { marked: '[state]\nbackup_dir = «"/tmp"»', rules: value, says: "outside", untrusted: true },
  {
    marked: '[runtime.state_persistence]\nschema_directory = «".."»',
    rules: value,
    says: "outside",
    untrusted: true,
  },
  // Syntax
  { marked: "[state]\nenabled = «True»", rules: syntax, says: "not valid TOML" },
  { marked: '[state]\npath = «"./state»', rules: syntax, says: "unfinished string" },
  { marked: "[state]\npath = 'a'\n«path» = 'b'", rules: syntax, says: "redefine" },
  { marked: "[state]\n[«state»]", rules: syntax, says: "redefine" },
  // Positions: CRLF, astral characters, several problems in the order of the text
  {
    marked: '# 😀\r\n[state]\r\nenabled = «"😀"» # x\r\n«x» = 1\r\n',
    rules: [...value, ...unknown],
    says: "😀",
  },
  {
    marked: 'state = { path = "😀", «pth» = 1, enabled = «2» }',
    rules: [...unknown, ...value],
    says: "pth",
  },
];

describe("every problem is told at its place, and nothing else is", () => {
  test.each(CASES)("$marked", ({ marked, rules, says, untrusted }) => {
    const { text, ranges } = unmark(marked);
    const problems = problemsOf(text, { trusted: untrusted !== true });
    expect(problems.map(({ rule }) => rule)).toEqual(rules);
    if (rules.length > 0) expect(problems.map(({ range }) => range)).toEqual(ranges);
    expect(problems[0]?.said ?? "").toContain(says);
  });

  test("an unknown key leaves the configuration usable; anything else does not", () => {
    const with_ = (text: string) => parseConfiguration(text, FILE, context).configuration;
    expect(with_("[state]\npth = 1\npath = 'x'")?.path).toBe("/work/space/x");
    for (const text of ["[state", "[state]\nenabled = 1", "[state]\npath = '${NOPE}'"]) {
      expect(with_(text)).toBeUndefined();
    }
  });
});

const DEFAULTS: StateConfiguration = {
  file: FILE,
  enabled: true,
  backend: "sqlite",
  path: "/work/space/state",
  migrationEnabled: true,
  schemaVersion: "1.0.0",
  migrations: "/work/space/migrations",
  backupEnabled: true,
  backupRetentionDays: 30,
  backupDir: "/work/space/state/backups",
  maxBackups: undefined,
  durability: "normal",
  historyLimit: 20,
  maxValueBytes: 1_048_576,
  rules: {},
  nameLists: { allowedNamespaces: [], forbiddenNamespaces: [], allowedKeys: [], forbiddenKeys: [] },
};
const OFF = { migrationEnabled: false, backupEnabled: false };

describe("what the settings mean", () => {
  const cases: readonly [string, Partial<StateConfiguration>][] = [
    ["", {}],
    ["[agent]\ndefault_provider = 'openai'\n[runtime]\nstate = 3\n[states]\nx = '${NOPE}'", {}],
    ["[state]", OFF],
    ["state = {}", OFF],
    ["[state.rules]\nvague-key = 'off'", { rules: { "vague-key": "off" } }],
    ["[runtime.state_persistence]", OFF],
    ["[state]\nmigration_enabled = true", { backupEnabled: false }],
    ["[state]\nbackup_enabled = true", { migrationEnabled: false }],
    ["state.enabled = false", { ...OFF, enabled: false }],
    ["[state]\nbackend = 'disk'", OFF],
    ["[state]\nbackend = 'memory'", { ...OFF, backend: "memory" }],
    [
      "[state]\npath = '/var/state'",
      { ...OFF, path: "/var/state", backupDir: "/var/state/backups" },
    ],
    [
      '[state]\npath = "${HOME}/s"',
      { ...OFF, path: "/home/ada/s", backupDir: "/home/ada/s/backups" },
    ],
    ["[state]\nbackup_dir = 'b'", { ...OFF, backupDir: "/work/space/b" }],
    [
      "[state]\nschema_version = '2.1.0-rc.1'\nmigrations = 'm'\nmax_backups = 5\nbackup_retention_days = 7",
      {
        ...OFF,
        schemaVersion: "2.1.0-rc.1",
        migrations: "/work/space/m",
        maxBackups: 5,
        backupRetentionDays: 7,
      },
    ],
    [
      "[state]\ndurability = 'full'\nhistory_limit = 0\nmax_value_bytes = 1_000",
      { ...OFF, durability: "full", historyLimit: 0, maxValueBytes: 1000 },
    ],
    [
      "[state.rules]\nallowed_keys = ['data']\nallowed_namespaces = ['tmp']\nforbidden_keys = ['old:*']\nforbidden_namespaces = ['global']\nconfig-unknown-key = 'error'",
      {
        rules: { "config-unknown-key": "error" },
        nameLists: {
          allowedKeys: ["data"],
          allowedNamespaces: ["tmp"],
          forbiddenKeys: ["old:*"],
          forbiddenNamespaces: ["global"],
        },
      },
    ],
    [
      "[runtime.state_persistence]\nenabled = false\nbackend_type = 'memory'\nmigration_enabled = true\nbackup_enabled = true\nbackup_on_migration = true\nschema_directory = 'm'\nmax_state_size_bytes = 5\n[runtime.state_persistence.backup]\nbackup_dir = 'b'\nmax_backups = 3\nmax_backup_age = 129600\ncompression_enabled = true\ncompression_type = 'zstd'\ncompression_level = 3\nincremental_enabled = true",
      {
        enabled: false,
        backend: "memory",
        migrations: "/work/space/m",
        maxValueBytes: 5,
        backupDir: "/work/space/b",
        maxBackups: 3,
        backupRetentionDays: 1.5,
      },
    ],
    [
      "[runtime.state_persistence]\nbackend_type = 'postgres'\nmigration_enabled = true\n[state]\nbackend = 'disk'\nmigration_enabled = false",
      OFF,
    ],
    [
      "[state]\nhistory_limit = 3\n[runtime.state_persistence]\nmax_state_size_bytes = 10",
      { ...OFF, historyLimit: 3, maxValueBytes: 10 },
    ],
  ];
  test.each(cases)("%s", (text, expected) => {
    const settings = settingsOf(text);
    expect(settings).toEqual({ ...DEFAULTS, ...expected });
  });

  test("variables are replaced in parsed strings only, once", () => {
    const environment = { QUOTE: '"', NESTED: "${QUOTE}", COMMENT: "a # b" };
    const path = (text: string) => settingsOf(text, { environment })?.path;
    expect(path('[state]\npath = "/x${QUOTE}y"')).toBe('/x"y');
    expect(path("[state]\npath = '/${NESTED}'")).toBe("/${QUOTE}");
    expect(path("# ${NOPE}\n[state]\npath = '/${COMMENT}'")).toBe("/a # b");
    expect(path("[other]\nkey = '${NOPE}'\n[state]\npath = '/p'")).toBe("/p");
  });

  test("paths are relative to the workspace folder, or to a file outside it", () => {
    const text = "[state]\npath = './s'";
    const at = (file: string) => settingsOf(text, {}, file)?.path;
    expect(at("/work/space/config/llmspell.toml")).toBe("/work/space/s");
    expect(at("/etc/llmspell/other.toml")).toBe("/etc/llmspell/s");
    expect(at("/work/spaceship/x.toml")).toBe("/work/spaceship/s");
  });

  test("a byte order mark is no part of the text", () => {
    expect(settingsOf("\uFEFF[state]\npath = 'x'")?.path).toBe("/work/space/x");
    expect(problemsOf("\uFEFF[state]\npth = 1")[0]?.range).toBe("1:0-1:3");
  });
});
