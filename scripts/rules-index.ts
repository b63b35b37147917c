/** Writes docs/rules/README.md, the index of the rules' pages, from the rules themselves. */
import { writeFileSync } from "node:fs";
import { CONFIG_RULES } from "../server/src/config/rules.ts";
import { RULES } from "../server/src/service/rules/registry.ts";
import type { RuleFamily } from "../server/src/service/rules/rule.ts";

const FAMILIES: readonly (readonly [RuleFamily, string])[] = [
  ["naming", "Naming"],
  ["shape", "Shape of values"],
  ["use", "Use of the State API"],
  ["data", "Script and stored data"],
  ["security", "Security"],
];

const INTRODUCTION = `# Rules

What the editor and \`llmspell-state check\` say about scripts and \`llmspell.toml\`. This page is written by
\`node scripts/rules-index.ts\` from the rules themselves.

Every rule can be set to \`off\`, \`hint\`, \`information\`, \`warning\` or \`error\`, in the file (for the editor,
the command line and CI alike) or in the setting \`llmspellState.rules\`, which wins:

\`\`\`toml
[state.rules]
vague-key = "off"
allowed_keys = ["data"]
forbidden_namespaces = ["global"]
\`\`\`

A comment silences rules on the next line, on its own line, or in the whole file; say why:

\`\`\`lua
-- llmspell-state-disable-next-line vague-key, flat-key: written by another program
local theme = State.load("user", "x")
local font = State.load("user", "y") -- llmspell-state-disable-line vague-key: likewise
-- llmspell-state-disable-file unchecked-load: everything is there before this runs
\`\`\`

Most findings have quick fixes (\`Ctrl+.\`). Those that cannot change what a working script does are also made all
at once: by the command **Fix All That Is Safe in This Script**, by \`llmspell-state check --fix\`, or whenever a
script is saved:

\`\`\`json
"editor.codeActionsOnSave": { "source.fixAll.llmspell-state": "explicit" }
\`\`\`
`;

/** The text of docs/rules/README.md. */
export function rulesIndex(): string {
  const families = FAMILIES.map(([family, title]) => {
    const rows = RULES.filter((rule) => rule.family === family).map(
      ({ code, defaultSeverity, summary }) => row(code, defaultSeverity, summary),
    );
    return table(title, rows);
  });
  const config = CONFIG_RULES.map(({ code, defaultSeverity, summary }) =>
    row(code, defaultSeverity, summary),
  );
  return `${[INTRODUCTION, ...families, table("Configuration files", config)].join("\n")}`;
}

function row(code: string, severity: string, summary: string): string {
  return `| [\`${code}\`](${code}.md) | ${severity} | ${summary} |`;
}

function table(title: string, rows: readonly string[]): string {
  return `## ${title}\n\n| rule | default | says |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

if (import.meta.main) {
  writeFileSync(new URL("../docs/rules/README.md", import.meta.url), rulesIndex());
}
