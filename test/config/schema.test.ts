import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { configSchema } from "../../scripts/config-schema.ts";
import { parseConfiguration } from "../../server/src/config/parse.ts";
import { RULE_CODES } from "../../server/src/service/rules/registry.ts";

const root = join(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const validate = new Ajv({ strict: false }).compile(JSON.parse(configSchema()));

const FILES = [
  "",
  '[providers]\nanything = 1\n[runtime]\nother = "x"\n',
  '[state]\nbackend = "disk"\npath = "./state"\nbackup_retention_days = 7\n',
  '[state]\nbackend = "dsk"\n',
  "[state]\nbackend = 1\n",
  "[state]\nenabled = 'x'\n",
  "[state]\nhistory_limit = 0\n",
  "[state]\nhistory_limit = -1\n",
  "[state]\nhistory_limit = 1.5\n",
  "[state]\nunknown = 1\n",
  '[state]\nschema_version = "1.2.3"\n',
  '[state]\nschema_version = "1.2"\n',
  '[state]\nschema_version = "\u0024{VERSION}"\n',
  '[state]\npath = "\u0024{FOLDER}/state"\n',
  '[state.rules]\nvague-key = "off"\nallowed_keys = ["data"]\nconfig-value = "hint"\n',
  '[state.rules]\nvague-key = "loud"\n',
  '[state.rules]\nvage-key = "off"\n',
  "[state.rules]\nallowed_keys = [1]\n",
  '[state.rules]\nforbidden_namespaces = ["global"]\nforbidden_keys = ["old:*"]\n',
  '[state.rules]\nforbidden_keys = "old"\n',
  "[runtime.state_persistence]\nbackup_on_migration = true\nbackup.compression_level = 3\n",
  "[runtime.state_persistence]\npath = './x'\n",
  "[runtime.state_persistence.backup]\nmax_backups = 0\n",
];

describe("the JSON schema of llmspell.toml", () => {
  it("is the one that the settings make: run `node scripts/config-schema.ts`", () => {
    expect(readFileSync(join(root, "schemas/llmspell-state.json"), "utf8")).toBe(configSchema());
  });

  it.each(FILES)("judges as the server does: %j", (text) => {
    const { problems } = parseConfiguration(text, "/w/llmspell.toml", {
      workspaceFolder: "/w",
      environment: { VERSION: "1.0.0", FOLDER: "/x" },
      trusted: true,
      knownRules: RULE_CODES,
    });
    const said = problems.map(({ message }) => message).join();
    expect(validate(JSON.parse(JSON.stringify(parse(text)))), said).toBe(problems.length === 0);
  });

  it("is contributed for the names that a configuration has, and packed", () => {
    expect(manifest.contributes.tomlValidation).toEqual([
      {
        fileMatch: ["**/llmspell.toml", "**/.llmspell.toml"],
        url: "./schemas/llmspell-state.json",
      },
    ]);
    expect(readFileSync(join(root, ".vscodeignore"), "utf8")).toContain("\n!schemas/*.json\n");
  });
});
