import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildScriptModel } from "../../server/src/language/script-model.ts";
import { diagnose, lookAt } from "../../server/src/service/diagnose.ts";
import type { DiagnoseOptions } from "../../server/src/service/types.ts";
import { StateError } from "../../shared/src/errors.ts";
import { configuration } from "./support/configuration.ts";
import { viewOf } from "./support/view.ts";
import { workspaceOf } from "./support/workspace.ts";

type Options = Partial<Omit<DiagnoseOptions, "model">>;

async function diagnosed(text: string, options: Options = {}) {
  return await diagnose({
    model: buildScriptModel(text),
    configuration: configuration(),
    ...options,
  });
}

/** `rule severity` of each finding. */
async function summary(text: string, options: Options = {}): Promise<string[]> {
  return (await diagnosed(text, options)).map(({ rule, severity }) => `${rule} ${severity}`);
}

const VAGUE = 'State.delete("app", "x")';

/** Bytes in use when all that nobody holds is gone. */
function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  // V8 holds on to the last text that an expression was found in.
  /found/.test("found");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

/** A script with names that are long enough to be kept as parts of its text, in much text. */
function longScript(length: number) {
  const name = "a_name_of_many_characters";
  const saves = ["host", "port", "user", "mail"].map(
    (field) => `State.save("connections_of_the_user", "${field}:" .. ${name}, 1)`,
  );
  return buildScriptModel(
    [
      `local ${name} = ...`,
      ...saves,
      `State.save("connections_of_the_user", "${name}", {`,
      "  smtp_server_host = 1, smtp_server_port = 2, smtp_server_user = 3,",
      "  imap_server_host = 1, imap_server_port = 2, imap_server_user = 3,",
      "})",
      `State.save("connections_of_the_user", "${name}", "none")`,
      `print(State.load("connections_of_the_user", "another_${name}"))`,
      `-- ${"x".repeat(length)}`,
    ].join("\n"),
  );
}

describe("what was taken from a script", () => {
  const text =
    'State.save("user", "theme", 1) print(State.load("user", "font")) State.delete("app", "x")';
  const model = buildScriptModel(text);
  const ruleSettings = { "never-read": "warning" };
  const reader = workspaceOf({ "reader.lua": 'print(State.load("user", "theme"))' });
  const writer = workspaceOf({ "writer.lua": 'State.save("user", "font", "Mono")' });

  it("is judged again, as `diagnose` does, when something else is known elsewhere", async () => {
    const looked = await lookAt({ model, ruleSettings });
    const view = viewOf({});
    for (const workspace of [reader, writer, undefined, reader]) {
      const told = await looked?.conclude({ view, workspace });
      expect(told).toEqual(await diagnose({ model, ruleSettings, view, workspace }));
    }
    const rules = (await looked?.conclude({ view, workspace: writer }))?.map(({ rule }) => rule);
    expect(rules).toEqual(["never-read", "vague-key"]);
  });

  it("keeps nothing of the script's text", async () => {
    const length = 8 * 1024 * 1024;
    const before = heapUsed();
    const kept = await lookAt({ model: longScript(length), ruleSettings, fixes: "none" });
    const fixable = await lookAt({ model: longScript(length), ruleSettings, fixes: "own" });
    expect(heapUsed() - before).toBeLessThan(length / 2);
    for (const looked of [kept, fixable]) {
      const told = await looked?.conclude({ view: viewOf({}), workspace: reader });
      expect(new Set(told?.map(({ rule }) => rule))).toEqual(
        new Set(["flat-table", "never-read", "split-record", "type-change", "unknown-key"]),
      );
    }
  });

  it("is nothing where nothing can be found", async () => {
    expect(await lookAt({ model: buildScriptModel("print(1)") })).toBeUndefined();
    expect(await lookAt({ model, ruleSettings })).toBeDefined();
  });

  it("carries the fixes that are asked for", async () => {
    const fixesOf = async (fixes: "all" | "own" | "none") =>
      (await diagnosed('State:save("user", "theme", 1)', { fixes })).flatMap((one) =>
        one.fixes.map(({ title }) => title),
      );
    expect(await fixesOf("none")).toEqual([]);
    expect(await fixesOf("own")).toEqual(["Change to State.save"]);
    expect(await fixesOf("all")).toEqual([
      "Change to State.save",
      "Silence argument-count on this line",
    ]);
  });
});

describe("severities", () => {
  it.each<[string, Options, string[]]>([
    ["the rule's own", {}, ["vague-key warning"]],
    [
      "[state.rules]",
      { configuration: configuration({ rules: { "vague-key": "hint" } }) },
      ["vague-key hint"],
    ],
    ["the setting", { ruleSettings: { "vague-key": "error" } }, ["vague-key error"]],
    [
      "the setting before the table",
      {
        ruleSettings: { "vague-key": "off" },
        configuration: configuration({ rules: { "vague-key": "hint" } }),
      },
      [],
    ],
    ["no configuration at all", { configuration: undefined }, ["vague-key warning"]],
    ["a setting that is no severity", { ruleSettings: { "vague-key": 7 } }, ["vague-key warning"]],
    ["settings that are no table", { ruleSettings: "off" }, ["vague-key warning"]],
    ["a rule left out", { without: ["vague-key"] }, []],
  ])("%s", async (_, options, expected) => {
    expect(await summary(VAGUE, options)).toEqual(expected);
  });
});

it("links each finding to its rule's page", async () => {
  const [found] = await diagnosed(VAGUE);
  expect(found?.docsUrl).toBe(
    "https://github.com/llmspell/llmspell-state/blob/main/docs/rules/vague-key.md",
  );
});

describe("suppression comments", () => {
  it.each([
    [`-- llmspell-state-disable-next-line vague-key: it is a test\n${VAGUE}`],
    [`${VAGUE} -- llmspell-state-disable-line vague-key: it is a test`],
    [`-- llmspell-state-disable-file vague-key: generated\n\n\n${VAGUE}`],
    [`${VAGUE}\n-- llmspell-state-disable-file vague-key`],
    [`--[[ llmspell-state-disable-next-line vague-key: why ]]\n${VAGUE}`],
    [`-- llmspell-state-disable-next-line vague-key\r\n${VAGUE}`],
    [`-- llmspell-state-disable-next-line\n${VAGUE}`],
    [
      `-- llmspell-state-disable-next-line vague-key, invalid-key: both\nState.delete("app", "x") State.delete("app", "__x")`,
    ],
  ])("silence: %s", async (text) => {
    expect(await summary(text)).toEqual([]);
  });

  it.each([
    [
      `-- llmspell-state-disable-next-line vague-key\n\n${VAGUE}`,
      ["unused-suppression hint", "vague-key warning"],
    ],
    [
      `-- llmspell-state-disable-line vague-key\n${VAGUE}`,
      ["unused-suppression hint", "vague-key warning"],
    ],
    [
      `-- llmspell-state-disable-next-line invalid-key\n${VAGUE}`,
      ["unused-suppression hint", "vague-key warning"],
    ],
    [
      `-- llmspell-state-disable-next-line vague-keys\n${VAGUE}`,
      ["unused-suppression hint", "vague-key warning"],
    ],
    [`-- llmspell-state-disable-next-lines vague-key\n${VAGUE}`, ["vague-key warning"]],
    [`local s = "-- llmspell-state-disable-line vague-key" ${VAGUE}`, ["vague-key warning"]],
    ["-- llmspell-state-disable-file", ["unused-suppression hint"]],
  ])("do not silence what they do not name: %s", async (text, expected) => {
    expect(await summary(text)).toEqual(expected);
  });

  it("are not called unused for a rule that is switched off or cannot be checked", async () => {
    const text = `-- llmspell-state-disable-next-line vague-key: why\nlocal x = 1`;
    expect(await summary(text, { ruleSettings: { "vague-key": "off" } })).toEqual([]);
  });

  it("are written by a fix, for one rule after the other", async () => {
    let text = 'if x then\n  State.delete("x y", "x")\nend\n';
    for (const rule of ["vague-key", "invalid-namespace"]) {
      const found = (await diagnosed(text)).find((diagnostic) => diagnostic.rule === rule);
      const [change] = found?.fixes.at(-1)?.changes ?? [];
      if (change === undefined) throw new Error(`no fix for ${rule}`);
      text = text.slice(0, change.span.start) + change.newText + text.slice(change.span.end);
    }
    expect(text).toBe(
      'if x then\n  -- llmspell-state-disable-next-line vague-key, invalid-namespace: reason\n  State.delete("x y", "x")\nend\n',
    );
    expect(await summary(text)).toEqual([]);
  });

  it("are not written into a long string", async () => {
    const text = 'local s = [[\n]] State.delete("app", "x")\n';
    const [found] = await diagnosed(text);
    const [change] = found?.fixes.at(-1)?.changes ?? [];
    expect(change?.newText).toBe(" -- llmspell-state-disable-line vague-key: reason");
    expect(change?.span.start).toBe(text.length - 1);
  });
});

describe("the bound", () => {
  const many = `State.delete("a b", "theme")\n${`${VAGUE}\n`.repeat(9)}State.delete("a b", "theme")\n`;

  it("leaves out the least severe and says how many", async () => {
    expect(await summary(many, { limit: 4 })).toEqual([
      "invalid-namespace error",
      "vague-key warning",
      "vague-key warning",
      "invalid-namespace error",
      "too-many-findings information",
    ]);
    expect((await diagnosed(many, { limit: 4 })).at(-1)?.message).toBe(
      "7 more findings are not shown, from here on.",
    );
  });
});

describe("a store that cannot be read", () => {
  it("does not keep the text from being checked", async () => {
    const refuse = async () => {
      throw new StateError("store-damaged", "The store is damaged.", "Restore a backup.");
    };
    const view = { ...viewOf({}), entry: refuse, namespace: refuse, page: refuse };
    expect(await summary(VAGUE, { view })).toEqual(["vague-key warning"]);
  });
});

/** Statements over few names that refer to each other, themselves included, in every order. */
const name = fc.constantFrom("a", "b", "c");
const expression = fc.oneof(
  name,
  fc.constantFrom('"x"', "1", "nil", "{}", "State", "State.load", "f()", "...", "function() end"),
  fc.tuple(name, fc.constantFrom("or", "and", "..", "=="), name).map((parts) => parts.join(" ")),
  fc.tuple(name, name).map(([one, other]) => `{ ${one}, n = ${other} }`),
  fc.tuple(name, name).map(([one, other]) => `State.load(${one}, ${other})`),
  fc.tuple(name, name).map(([one, other]) => `pcall(${one}, ${other})`),
  fc.constantFrom("os.getenv(a)", "State.load", "a.b", "a[b]", "a:b()", "not a", "#a", "ipairs(a)"),
);
const statement = fc.oneof(
  fc.tuple(name, expression).map(([to, value]) => `local ${to} = ${value}`),
  fc.tuple(name, expression).map(([to, value]) => `${to} = ${value}`),
  fc.tuple(name, name, expression).map(([to, field, value]) => `${to}.${field} = ${value}`),
  fc.tuple(name, expression).map(([to, value]) => `local function ${to}(...) return ${value} end`),
  fc.tuple(expression, expression).map(([key, value]) => `State.save("n", ${key}, ${value})`),
  fc.tuple(name, expression).map(([item, list]) => `for ${item} in pairs(${list}) do a(b) end`),
  expression.map((condition) => `if ${condition} then State.save(a, b, c) else b = a end`),
  fc.constantFrom(
    "State.get(a)",
    "a = a or b",
    "a, b = b, a",
    "local a",
    "a()",
    "table.insert(a, a)",
  ),
);

it("whatever names refer to each other, nothing is thrown", async () => {
  const scripts = fc.array(statement, { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(scripts, async (statements) => {
      const text = statements.join("\n");
      const model = buildScriptModel(text);
      const found = await diagnose({ model, view: viewOf({}), configuration: configuration() });
      for (const { span } of found) expect(span.end).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: process.env["LLMSPELL_LONG"] === undefined ? 400 : 20_000, seed: 7 },
  );
}, 60_000);
