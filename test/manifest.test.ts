import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { STATE_API } from "../shared/src/api.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const manifest = JSON.parse(read("package.json"));
const { contributes } = manifest;
const texts: Record<string, string> = JSON.parse(read("package.nls.json"));
const code = globSync("client/src/**/*.ts", { cwd: root }).map(read).join("\n");
const wire = JSON.stringify(contributes);

/** What `pattern`'s first group finds in `text`, once each, sorted. */
function found(pattern: RegExp, text: string): string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = ""]) => name))].sort();
}

const declaredCommands: string[] = contributes.commands
  .map(({ command }: { command: string }) => command)
  .sort();

describe("the manifest and the client's code", () => {
  test("declare and register the same commands", () => {
    const table = read("client/src/commands/register.ts");
    expect(found(/"(llmspellState\.\w+)":/g, table)).toEqual(declaredCommands);
  });

  test("use no command that is not declared", () => {
    const used = [
      ...found(/executeCommand\(\s*"(llmspellState\.\w+)"/g, code),
      ...found(/command: "(llmspellState\.\w+)"/g, code),
      ...found(/"command":"(llmspellState\.\w+)"/g, wire),
      ...found(/\(command:(llmspellState\.\w+)\)/g, Object.values(texts).join("\n")),
    ];
    expect(used.filter((command) => !declaredCommands.includes(command))).toEqual([]);
  });

  test("have every command in one category, with a title of its own", () => {
    const titles = contributes.commands.map(
      ({ title, category }: { title: string; category: string }) => {
        expect(category).toBe("LLMSpell State");
        return texts[title.slice(1, -1)];
      },
    );
    expect(new Set(titles).size).toBe(declaredCommands.length);
  });

  test("hide from the palette what needs a row of a tree", () => {
    const hidden = contributes.menus.commandPalette
      .filter(({ when }: { when: string }) => when === "false")
      .map(({ command }: { command: string }) => command);
    const needRow = found(/"(llmspellState\.\w+)": (?:openValue|\(node: |\(\{)/g, code);
    expect(hidden).toEqual(expect.arrayContaining(needRow));
  });

  test("know the same views", () => {
    const declared = contributes.views.llmspellState.map(({ id }: { id: string }) => id).sort();
    expect(found(/createTreeView\("(llmspellState\.\w+)"/g, code)).toEqual(declared);
    const welcomed = contributes.viewsWelcome.map(({ view }: { view: string }) => view).sort();
    expect([...new Set(welcomed)]).toEqual(declared);
    const inConditions = found(/view == (llmspellState\.\w+)/g, wire);
    expect(inConditions.filter((view) => !declared.includes(view))).toEqual([]);
  });

  test("know the same kinds of rows", () => {
    const several = found(/viewItem =~ \/\^\(([\w|]+)\)\$\//g, wire).flatMap((kinds) =>
      kinds.split("|"),
    );
    const declared = [...new Set([...found(/viewItem == (\w+)/g, wire), ...several])].sort();
    expect(found(/contextValue = "(\w+)"/g, code)).toEqual(declared);
  });

  test("know the same context keys", () => {
    const conditions = [
      ...found(/"(?:when|enablement)":"([^"]*llmspellState[^"]*)"/g, wire),
      ...found(/"onContext:([^"]*)"/g, wire),
    ].join(" ; ");
    const declared = found(/(?<!== )\b(llmspellState\.\w+)/g, conditions);
    expect(found(/"setContext",\s*"(llmspellState\.\w+)"/g, code)).toEqual(declared);
  });

  test("know the same settings", () => {
    const declared = Object.keys(contributes.configuration.properties)
      // Read by the language client under the id it was given.
      .filter((name) => name !== "llmspellState.trace.server")
      // Those of one group are read at once.
      .map((name) => name.split(".")[1] ?? "");
    expect(found(/settings\.get<[^(]*>\("(\w+)"/g, code)).toEqual([...new Set(declared)].sort());
  });

  test("have a text for every key, and a key for every text", () => {
    const keys = found(/"%([\w.]+)%"/g, JSON.stringify(manifest));
    expect(Object.keys(texts).sort()).toEqual(keys);
  });

  test("name only files that there are", () => {
    const files = found(/"(?:\.\/)?((?:media|syntaxes)\/[^"]+)"/g, JSON.stringify(manifest));
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

test("the grammar marks the functions of the State API, all and only", () => {
  const grammar = JSON.parse(read("syntaxes/llmspell-state.tmLanguage.json"));
  const [, names = ""] = /\(((?:\w+\|)+\w+)\)\\b\)\?$/.exec(grammar.repository.state.match) ?? [];
  expect(names.split("|")).toEqual(STATE_API.map(({ name }) => name).sort());
});

test("the icon is a PNG of at least 128 pixels", () => {
  const icon = readFileSync(join(root, manifest.icon));
  expect(icon.toString("latin1", 1, 4)).toBe("PNG");
  expect(icon.readUInt32BE(16)).toBeGreaterThanOrEqual(128);
  expect(icon.readUInt32BE(20)).toBe(icon.readUInt32BE(16));
});
