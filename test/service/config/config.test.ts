import { describe, expect, it } from "vitest";
import { parseConfiguration } from "../../../server/src/config/parse.ts";
import { completeConfig } from "../../../server/src/service/config/complete.ts";
import { hoverConfig } from "../../../server/src/service/config/hover.ts";

const CURSOR = "‸";

type Environment = Readonly<Record<string, string>>;

function at(marked: string, environment: Environment = {}) {
  const text = marked.replace(CURSOR, "");
  const { configuration } = parseConfiguration(text, "/w/llmspell.toml", {
    workspaceFolder: "/w",
    environment,
    trusted: true,
  });
  return { text, offset: marked.indexOf(CURSOR), configuration };
}

function labels(marked: string): string[] {
  return completeConfig(at(marked)).map(({ label }) => label);
}

/** The text after the item was chosen. */
function chosen(marked: string, label: string): string | undefined {
  const { text } = at(marked);
  const item = completeConfig(at(marked)).find((one) => one.label === label);
  return item && text.slice(0, item.span.start) + item.insertText + text.slice(item.span.end);
}

function hovered(marked: string, environment: Environment = {}): string | undefined {
  return hoverConfig(at(marked, environment))?.markdown;
}

describe("completion in llmspell.toml", () => {
  it("offers our tables in a header, also in one that is not closed", () => {
    const tables = [
      "state",
      "state.rules",
      "runtime.state_persistence",
      "runtime.state_persistence.backup",
    ];
    expect(labels("[‸]").sort()).toEqual([...tables].sort());
    expect(labels("x = 1\n[‸\n[other]\n").sort()).toEqual([...tables].sort());
    expect(labels("[state]\n\n[state.‸]")).toEqual(["state.rules"]);
    expect(chosen("[runtime.st‸]", "runtime.state_persistence")).toBe(
      "[runtime.state_persistence]",
    );
  });

  it("offers the keys of the table that are not set yet", () => {
    const found = labels("[state]\npath = 'x'\n‸\n");
    expect(found).toContain("backup_enabled");
    expect(found).toContain("rules");
    expect(found).not.toContain("path");
    expect(found).not.toContain("backend_type");
    expect(labels("[runtime.state_persistence]\nba‸")).toContain("backend_type");
    expect(labels("[runtime.state_persistence.backup]\n‸")).toContain("max_backups");
    expect(labels("[runtime.state_persistence]\nbackup.‸")).toContain("max_backups");
    expect(labels("[other]\n‸")).toEqual([]);
    expect(labels("‸")).toEqual([]);
  });

  it("replaces what is half typed, and keeps a value that is there", () => {
    expect(chosen("[state]\nba‸\n", "backup_enabled")).toBe("[state]\nbackup_enabled = \n");
    expect(chosen("[state]\nba‸ck = true # c\n", "backup_enabled")).toBe(
      "[state]\nbackup_enabled = true # c\n",
    );
  });

  it("offers values: choices, true and false, the default", () => {
    expect(labels("[state]\nbackend = ‸")).toEqual([
      '"disk"',
      '"sqlite"',
      '"memory"',
      '"postgres"',
    ]);
    expect(labels('[state]\nbackend = "di‸')).toContain('"disk"');
    expect(chosen('[state]\nbackend = "di‸" # c', '"disk"')).toBe('[state]\nbackend = "disk" # c');
    expect(labels("[state]\nenabled =‸")).toEqual(["true", "false"]);
    expect(labels("[state]\npath = ‸")).toEqual(['"./state"']);
    expect(labels("[state.rules]\nvague-key = ‸")).toContain('"off"');
    expect(labels("[state]\nrules.vague-key = ‸")).toContain('"off"');
  });

  it("offers every rule, with its default", () => {
    const found = completeConfig(at("[state.rules]\n‸"));
    expect(found.map(({ label }) => label)).toEqual(
      expect.arrayContaining([
        "vague-key",
        "config-unknown-key",
        "allowed_keys",
        "forbidden_keys",
        "allowed_namespaces",
        "forbidden_namespaces",
      ]),
    );
    const item = found.find(({ label }) => label === "vague-key");
    expect(item?.documentation).toContain('Default: "warning"');
  });

  it("says nothing in comments, in strings over several lines and in the rest of the file", () => {
    expect(labels("[state] # ‸")).toEqual([]);
    expect(labels("[state]\n# ba‸")).toEqual([]);
    expect(labels("[state]\npath = '''\nba‸\n'''")).toEqual([]);
    expect(labels("[providers]\nname = ‸")).toEqual([]);
  });

  it("works below and above broken lines", () => {
    expect(labels('[state]\npath = "open\nback = [1,\nbackup_‸\n[other')).toContain(
      "backup_enabled",
    );
    expect(labels("[state]\npath = [\nenabled = ‸")).toEqual(["true", "false"]);
  });

  it("never throws, wherever the cursor is in any beginning of a file", () => {
    const text =
      '[state]\r\npath = "./x" # c\r\nrules = { vague-key = "off" }\n[runtime.state_persistence.backup]\nmax_backups = 3\n"odd\n';
    for (let end = 0; end <= text.length; end++) {
      for (let offset = 0; offset <= end; offset++) {
        completeConfig({ text: text.slice(0, end), offset, configuration: undefined });
        hoverConfig({ text: text.slice(0, end), offset, configuration: undefined });
      }
    }
  });
});

describe("hover in llmspell.toml", () => {
  it("says what a key means, may be, is by default and is here", () => {
    const markdown = hovered("[state]\nhistory_li‸mit = 7\n");
    expect(markdown).toContain("Earlier values kept per key");
    expect(markdown).toContain("a whole number of at least 0");
    expect(markdown).toContain("Default: 20");
    expect(markdown).toContain("Here: `7`");
    expect(hovered("[state]\npa‸th = './s'")).toContain("Here: `/w/s`");
  });

  it("knows the tables, rs-llmspell's names, dotted keys and values", () => {
    expect(hovered("[st‸ate]")).toContain("State Persistence Guide");
    expect(hovered("[runtime.state_persis‸tence]")).toContain("`[state]` wins");
    expect(hovered("[runtime.state_persistence]\nbackup.max_backup_age‸ = 172800")).toContain(
      "Here: `2` days",
    );
    expect(hovered("[state]\nenabled = tr‸ue")).toContain("nothing is stored");
    expect(hovered("[runtime.state_persistence]\nbackup.compression_le‸vel = 3")).toContain(
      "no meaning here",
    );
  });

  it("shows a rule's severity and its page", () => {
    const markdown = hovered('[state.rules]\nvague-‸key = "off"');
    expect(markdown).toContain("Here: `off`");
    expect(markdown).toContain("/docs/rules/vague-key.md");
  });

  it("shows a list of names as it is here", () => {
    const markdown = hovered('[state.rules]\nforbidden‸_keys = ["old:*"]');
    expect(markdown).toContain("`vague-key` reports");
    expect(markdown).toContain('Here: `["old:*"]`');
  });

  it("shows where a database is, and never its URL", () => {
    const markdown = hovered(`[state]\nbackend = "postgres"\nu‸rl = "\${STATE_DATABASE_URL}"`, {
      STATE_DATABASE_URL: "postgres://ada:hunter2@db.example.org/team",
    });
    expect(markdown).toContain("Here: `db.example.org:5432/team`");
    expect(markdown).not.toContain("hunter2");
    const unreadable = `[state]\nurl = "\${STATE_DATABASE_URL}"`;
    const environment = { STATE_DATABASE_URL: "postgres://ada:12/hunter2@db/team" };
    const { problems } = parseConfiguration(unreadable, "/w/llmspell.toml", {
      ...{ workspaceFolder: "/w", environment, trusted: true },
    });
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  it("has nothing to say of what is not ours", () => {
    expect(hovered("[providers]\nna‸me = 1")).toBeUndefined();
    expect(hovered("[state]\nunkn‸own = 1")).toBeUndefined();
  });
});
