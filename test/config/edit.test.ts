import fc from "fast-check";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { enableFeature, enableSetting } from "../../server/src/config/edit.ts";

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
