import fc from "fast-check";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { enableFeature, enableSetting, removeSetting } from "../../server/src/config/edit.ts";
import { withRetention } from "../../server/src/config/retention.ts";

const RUNS = process.env["LLMSPELL_LONG"] === undefined ? 400 : 20_000;

function apply(text: string, edit: ReturnType<typeof enableSetting>): string | undefined {
  return edit && text.slice(0, edit.span.start) + edit.newText + text.slice(edit.span.end);
}

function enabled(text: string): string | undefined {
  return apply(text, enableFeature(text, "backup_enabled"));
}

describe("switching a feature on", () => {
  it("writes a line below the header and leaves comments where they are", () => {
    expect(enabled("# mine\n[state] # here\npath = './s' # there\n")).toBe(
      "# mine\n[state] # here\nbackup_enabled = true\npath = './s' # there\n",
    );
  });

  it("changes the value where there is one", () => {
    expect(enabled("[state]\nbackup_enabled = false # not yet\n")).toBe(
      "[state]\nbackup_enabled = true # not yet\n",
    );
  });

  it("keeps Windows line ends, byte order marks and a missing last line end", () => {
    expect(enabled("\uFEFF[state]\r\nenabled = true")).toBe(
      "\uFEFF[state]\r\nbackup_enabled = true\r\nenabled = true",
    );
    expect(enabled("[state]")).toBe("[state]\nbackup_enabled = true");
  });

  it("goes into braces and beside dotted keys", () => {
    expect(enabled("state = { enabled = true }")).toBe(
      "state = { backup_enabled = true, enabled = true }",
    );
    expect(enabled("state = {}")).toBe("state = { backup_enabled = true }");
    expect(enabled("a = 1\nstate.enabled = true\n")).toBe(
      "a = 1\nstate.backup_enabled = true\nstate.enabled = true\n",
    );
    expect(enabled("[runtime]\n  state_persistence.enabled = true\n")).toBe(
      "[runtime]\n  state_persistence.backup_enabled = true\n  state_persistence.enabled = true\n",
    );
  });

  it("goes into the table that the file has, and into the one that decides", () => {
    expect(enabled("[runtime.state_persistence]\nenabled = true\n")).toBe(
      "[runtime.state_persistence]\nbackup_enabled = true\nenabled = true\n",
    );
    expect(enabled("[runtime.state_persistence]\n[state]\nbackup_enabled = false")).toBe(
      "[runtime.state_persistence]\n[state]\nbackup_enabled = true",
    );
    expect(enabled("[other]\nx = 1\n")).toBe("[other]\nx = 1\n\n[state]\nbackup_enabled = true\n");
  });

  it("gives nothing where the text is no TOML or something else stands there", () => {
    expect(enabled("[state\n")).toBeUndefined();
    expect(enabled("state = 1\n")).toBeUndefined();
    expect(enabled("[[state]]\n")).toBeUndefined();
    expect(enabled("[state.backup_enabled]\nx = 1")).toBeUndefined();
  });
});

const comment = fc.constantFrom("", " # note", "\t# [state]", " # backup_enabled = false");
const pair = fc
  .tuple(
    fc.constantFrom("enabled", "path", '"quo ted"', "a.b", "'x'.y", "backup_enabled", "list"),
    fc.constantFrom("true", '"text # no"', "'''\n[state]\n'''", "[1, # one\n 2]", "{ a = 1 }", "1"),
    comment,
  )
  .map(([key, value, note]) => `${key} = ${value}${note}`);
const header = fc
  .tuple(
    fc.constantFrom(
      "state",
      "runtime",
      "runtime.state_persistence",
      "state.rules",
      "'state'",
      "other",
    ),
    comment,
  )
  .map(([name, note]) => `[${name}]${note}`);
const dotted = fc.constantFrom(
  "state.enabled = true",
  "state_persistence.enabled = true",
  "state = { enabled = true }",
  "runtime = { state_persistence = { enabled = false } }",
  "# only a comment",
  "",
);
const document = fc
  .tuple(fc.array(fc.oneof(pair, header, dotted), { maxLength: 12 }), fc.constantFrom("\n", "\r\n"))
  .map(([lines, newline]) => lines.join("\n").replaceAll("\n", newline));
const target = fc.constantFrom(["state"], ["runtime", "state_persistence"], ["state", "rules"]);

describe("any edit of a setting", () => {
  it("parses, differs by that setting only, and keeps every other character", () => {
    let edits = 0;
    fc.assert(
      fc.property(
        document,
        target,
        fc.constantFrom("backup_enabled", "enabled", "odd key"),
        fc.oneof(fc.boolean(), fc.integer(), fc.string()),
        (text, table, key, value) => {
          const edit = enableSetting(text, table, key, value);
          if (edit === undefined) return;
          edits++;
          const edited = apply(text, edit) ?? "";
          const expected = JSON.parse(JSON.stringify(parse(text))) as Record<string, unknown>;
          let inner = expected;
          for (const part of table) {
            inner[part] ??= {};
            inner = inner[part] as Record<string, unknown>;
          }
          inner[key] = value;
          expect(JSON.parse(JSON.stringify(parse(edited)))).toEqual(expected);
          expect(text.startsWith(edited.slice(0, edit.span.start))).toBe(true);
          expect(text.endsWith(edited.slice(edit.span.start + edit.newText.length))).toBe(true);
        },
      ),
      { numRuns: RUNS, seed: 11 },
    );
    expect(edits).toBeGreaterThan(RUNS / 8);
  });

  it("is possible in every document of the usual kind", () => {
    const usual = fc
      .tuple(fc.constantFrom("[state]", "[runtime.state_persistence]"), fc.array(comment))
      .map(([head, notes]) => ["# top", head, ...notes, 'path = "./x" # p'].join("\n"));
    fc.assert(
      fc.property(usual, (text) => {
        expect(enableFeature(text, "migration_enabled")).toBeDefined();
      }),
      { numRuns: 100, seed: 12 },
    );
  });
});

describe("taking a setting away", () => {
  const without = (text: string) => apply(text, removeSetting(text, ["state"], "max_backups"));

  it("takes its line, and leaves the comments of that line and all others", () => {
    expect(without("[state]\n# few\nmax_backups = 3\npath = 's'\n")).toBe(
      "[state]\n# few\npath = 's'\n",
    );
    expect(without("[state]\r\nmax_backups = 3 # few\r\n")).toBe("[state]\r\n# few\r\n");
    expect(without("[state]\nmax_backups = 3")).toBe("[state]\n");
    expect(without("\uFEFFstate.max_backups = 3\nstate.path = 's'")).toBe("\uFEFFstate.path = 's'");
  });

  it("takes the comma with it in braces", () => {
    expect(without("state = { max_backups = 3, path = 's' }")).toBe("state = { path = 's' }");
    expect(without("state = { path = 's', max_backups = 3 }")).toBe("state = { path = 's' }");
    expect(without("state = { max_backups = 3 }")).toBe("state = { }");
  });

  it("gives nothing where it is not set, and where the text is no TOML", () => {
    expect(without("[state]\n# max_backups = 3\n")).toBeUndefined();
    expect(without("[state\nmax_backups = 3\n")).toBeUndefined();
    // The table itself would be gone with it.
    expect(without("state.max_backups = 3\n")).toBeUndefined();
  });

  it("changes nothing else in any document", () => {
    fc.assert(
      fc.property(
        document,
        target,
        fc.constantFrom("backup_enabled", "enabled"),
        (text, table, key) => {
          const edit = removeSetting(text, table, key);
          if (edit === undefined) return;
          const expected = JSON.parse(JSON.stringify(parse(text))) as Record<string, unknown>;
          let inner = expected;
          for (const part of table) inner = inner[part] as Record<string, unknown>;
          delete inner[key];
          expect(JSON.parse(JSON.stringify(parse(apply(text, edit) ?? "")))).toEqual(expected);
        },
      ),
      { numRuns: RUNS, seed: 13 },
    );
  });
});

describe("other limits for backups", () => {
  it("are put where they are set now, else in the table that the file has", () => {
    expect(withRetention("[state] # s\nmax_backups = 3 # few\n", { days: 7, count: 5 }, [])).toBe(
      "[state] # s\nbackup_retention_days = 7\nmax_backups = 5 # few\n",
    );
    const runtime = "[runtime.state_persistence]\nenabled = true\n";
    const kept = parse(withRetention(runtime, { days: 2, count: 4 }, []) ?? "");
    expect(kept).toEqual({
      runtime: {
        state_persistence: { enabled: true, backup: { max_backup_age: 172_800, max_backups: 4 } },
      },
    });
    const both = `${runtime}[runtime.state_persistence.backup]\nmax_backups = 9\n[state]\npath = 's'\n`;
    expect(withRetention(both, { count: 2 }, [])).toBe(both.replace("= 9", "= 2"));
    expect(withRetention(both, { days: 2 }, [])).toBe(
      both.replace("[state]\n", "[state]\nbackup_retention_days = 2\n"),
    );
  });

  it("are taken away from both tables", () => {
    const both =
      "[state]\nmax_backups = 1\n[runtime.state_persistence.backup]\nmax_backups = 9 # r\n";
    expect(withRetention(both, { count: null }, [])).toBe(
      "[state]\n[runtime.state_persistence.backup]\n# r\n",
    );
    expect(withRetention("# none\n", { count: null }, [])).toBe("# none\n");
  });

  it("leave scripts what they may use where there was no table", () => {
    expect(withRetention("", { days: 7 }, ["backup_enabled", "migration_enabled"])).toBe(
      "[state]\nbackup_retention_days = 7\nmigration_enabled = true\nbackup_enabled = true\n",
    );
  });

  it("are refused where the text is no TOML", () => {
    expect(withRetention("[state\n", { days: 7 }, [])).toBeUndefined();
  });
});
