import { expect, it } from "vitest";
import type {
  CodeLens,
  CompletionList,
  Hover,
  Location,
  Position,
} from "vscode-languageserver-protocol/node";
import { writeRequest } from "../../shared/src/protocol.ts";
import { generateScripts } from "../workspace/generate.ts";
import type { Session, SessionOptions } from "./session.ts";
import { useSessions } from "./start.ts";

const start = useSessions();

/** Nothing is as long, and everything is. */
const NEVER = 1_000_000;
const ALWAYS = 1;

const MORE = `
local cache = require("lib.cache")
cache.set("hits", 1)
local p = State.load("user", "preferences")
print(p.theme)
State.save("user", "preferences", { theme = "dark" })
local unused = State.load("user", "absent").field
State.sav("user", "x", 1)
State.save("user", "theme", print)
local name = "profile:" .. tostring(unused)
State.save("user", name, 1)
State.restore_backup("")
`;
const CACHE = `local M = {}
function M.set(key, value) State.save("cache", "v1:" .. key, value) end
return M
`;

async function opened(longScripts: number, more: SessionOptions = {}): Promise<Session> {
  const session = await start({ ...more, options: { commandLinks: true, longScripts } });
  const store = await session.store();
  const save = (namespace: string, key: string, value: string) =>
    session.ask(writeRequest, { store, namespace, key, value });
  await save("user", "preferences", '{"theme":"light","language":"en"}');
  await save("cache", "v1:hits", "7");
  await session.indexed();
  return session;
}

/** What two servers say alike, whose folders have other names. */
async function said(session: Session, answer: unknown): Promise<unknown> {
  const text = JSON.stringify(answer)
    .replaceAll(session.uri("").replace(/\/$/, ""), "FOLDER")
    .replaceAll(await session.store(), "STORE")
    .replaceAll(/just now|\d+ (second|minute)s? ago/g, "AGO")
    // A time, for tokens that may be asked for by their difference.
    .replaceAll(/"resultId":"\d+"/g, '"resultId":"ID"');
  return JSON.parse(text);
}

it("answers all questions about a long script as it does about a short one", async () => {
  const [, generated = ""] =
    [...generateScripts({ scripts: 5, lines: 2500, seed: 3 })].at(-1) ?? [];
  const text = `${generated}${MORE}`;
  const files = {
    ...Object.fromEntries(generateScripts({ scripts: 5, lines: 60, seed: 3 })),
    "lib/cache.lua": CACHE,
    "long.lua": text,
  };
  const lines = text.split("\n");
  expect(lines.length).toBeGreaterThan(2400);
  const sessions = await Promise.all([opened(NEVER, { files }), opened(ALWAYS, { files })]);
  for (const session of sessions) await session.open("long.lua", text);

  const same = async (method: string, params: object = {}) => {
    const answers = await Promise.all(
      sessions.map(async (session) => {
        const textDocument = { uri: session.uri("long.lua") };
        const answer = await session.connection
          .sendRequest(method, { textDocument, ...params })
          .catch((error: Error) => ({ error: error.message }));
        return { method, params, answer: await said(session, answer) };
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    return answers[0]?.answer;
  };

  // What is said of a pattern or a hole in the middle too, and where nothing of State stands.
  const interesting = lines.flatMap((line, i) => (/State|cache|p\./.test(line) ? [i] : []));
  const asked = interesting.filter((line, i) => i % 80 === 0 || line > lines.length - 20);
  let answered = 0;
  for (const line of asked) {
    const quote = lines[line]?.lastIndexOf('"') ?? 0;
    const dot = (lines[line]?.indexOf(".") ?? 0) + 1;
    for (const character of [Math.max(quote, 0), dot]) {
      const position: Position = { line, character };
      const answers = await Promise.all([
        same("textDocument/completion", { position }),
        same("textDocument/hover", { position }),
        same("textDocument/signatureHelp", { position }),
        same("textDocument/definition", { position }),
        same("textDocument/references", { position, context: { includeDeclaration: true } }),
        same("textDocument/documentHighlight", { position }),
        same("textDocument/prepareRename", { position }),
        same("textDocument/rename", { position, newName: "other" }),
      ]);
      answered += answers.filter((answer) => answer !== null).length;
    }
  }
  expect(answered).toBeGreaterThan(50);

  const range = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
  expect(await same("textDocument/documentSymbol")).not.toEqual([]);
  expect(await same("textDocument/documentLink")).not.toEqual([]);
  expect(await same("textDocument/semanticTokens/full")).not.toBeNull();
  await same("textDocument/semanticTokens/range", {
    range: { start: { line: 1000, character: 0 }, end: { line: 1100, character: 0 } },
  });
  expect(await same("textDocument/inlayHint", { range })).not.toEqual([]);
  expect(await same("textDocument/diagnostic")).toMatchObject({ kind: "full" });
  expect(
    await same("textDocument/codeAction", { range, context: { diagnostics: [] } }),
  ).not.toEqual([]);
  const only = ["source.fixAll"];
  await same("textDocument/codeAction", { range, context: { diagnostics: [], only } });
  await same("textDocument/codeLens");

  const resolved = await Promise.all(
    sessions.map(async (session) => {
      const textDocument = { uri: session.uri("long.lua") };
      const lenses: CodeLens[] = await session.connection.sendRequest("textDocument/codeLens", {
        textDocument,
      });
      const few = lenses.filter((_, i) => i > 1 && i % 50 === 2);
      const resolving = few.map((lens) => session.connection.sendRequest("codeLens/resolve", lens));
      return said(session, await Promise.all(resolving));
    }),
  );
  expect(resolved[1]).toEqual(resolved[0]);
}, 60_000);

const ROWS = "local x = 1\n".repeat(20);

function hoverText(hover: Hover | null): string {
  return JSON.stringify(hover?.contents ?? null);
}

it("answers about a script that grows over the bound and shrinks again", async () => {
  const session = await opened(20);
  const use = 'State.load("user", "prefer‸ences")';
  expect(await session.hover("a.lua", use)).toContain("light");
  expect(await session.hover("a.lua", `${ROWS}${use}`)).toContain("light");
  expect(await session.hover("a.lua", `${ROWS}\n${use}\n${ROWS}`)).toContain("light");
  expect(await session.hover("a.lua", use)).toContain("light");
  expect(await session.hover("a.lua", `${ROWS}${ROWS}${use}`)).toContain("light");
});

it("tells other scripts what a long one does, and the long one what they do, unsaved", async () => {
  const session = await opened(20);
  await session.open("long.lua", `${ROWS}\nState.save("user", "made-in-long", 1)\n`);
  const labels = async (path: string, text: string) =>
    (await session.completion(path, text)).items.map(({ label }) => label);
  await session.connection.sendRequest("textDocument/documentSymbol", {
    textDocument: { uri: session.uri("long.lua") },
  });
  await session.eventuallyAsk(
    () => labels("short.lua", 'State.save("user", "made-in-short", 1) State.load("user", "‸")'),
    (found) => found.includes("made-in-long"),
  );
  expect(await labels("long.lua", `${ROWS}\nState.load("user", "‸")`)).toContain("made-in-short");
  const references: Location[] = await session.connection.sendRequest("textDocument/references", {
    ...(await session.open("long.lua", `${ROWS}\nState.load("user", "made-in-‸short")`)),
    context: { includeDeclaration: true },
  });
  expect(references.map(({ uri }) => uri).sort()).toEqual([
    session.uri("long.lua"),
    session.uri("short.lua"),
  ]);
});

it("follows a module that is edited and not saved", async () => {
  const session = await opened(20, { files: { "lib/cache.lua": CACHE } });
  const use = `${ROWS}local cache = require("lib.cache")\ncache.put("hi‸ts", 1)\n`;
  expect(await session.hover("long.lua", use)).toBeNull();
  await session.open("lib/cache.lua", CACHE.replace("M.set", "M.put"));
  await session.completion("lib/cache.lua", `‸${CACHE.replace("M.set", "M.put")}`);
  await session.eventuallyAsk(
    () => session.hover("long.lua", use),
    (hover) => hover?.includes("v1:hits") === true,
  );
});

it("answers the last of many questions that overtake each other", async () => {
  const session = await opened(20);
  const text = (typed: number) =>
    `${ROWS.repeat(20)}State.load("user", "${"preferences".slice(0, typed)}‸")`;
  const answers: Promise<CompletionList | null>[] = [];
  for (let typed = 0; typed < 11; typed++) {
    const asked = await session.open("a.lua", text(typed));
    answers.push(
      session.connection
        .sendRequest<CompletionList | null>("textDocument/completion", asked)
        .catch(() => null),
    );
  }
  const all = await Promise.all(answers);
  expect(all.at(-1)?.items.map(({ label }) => label)).toContain("preferences");
});

it("answers at the cursor before what is drawn when it comes", async () => {
  const session = await opened(20);
  const asked = await session.open("a.lua", `${ROWS.repeat(500)}State.load("user", "prefer‸")`);
  const order: string[] = [];
  const ask = async (question: string): Promise<void> => {
    await session.connection.sendRequest(`textDocument/${question}`, asked);
    order.push(question);
  };
  const drawn = ["semanticTokens/full", "documentSymbol", "codeLens", "documentLink"];
  await Promise.all([...drawn, "completion"].map(ask));
  expect(order).toHaveLength(5);
  expect(order.at(-1)).not.toBe("completion");
});

it("goes on when the thread is another one", async () => {
  const session = await opened(20, { files: { "b.lua": 'State.save("user", "b", 1)' } });
  const use = `${ROWS}State.load("user", "prefer‸ences")`;
  expect(await session.hover("a.lua", use)).toContain("light");
  await session.connection.sendNotification("workspace/didChangeConfiguration", {
    settings: { llmspellState: { exclude: ["**/b.lua"] } },
  });
  for (let round = 0; round < 5; round++) {
    expect(await session.hover("a.lua", use)).toContain("light");
  }
});

it("asks the state that lives in another thread", async () => {
  const session = await opened(20, {
    files: { "llmspell.toml": '[state]\nbackend = "memory"\n' },
  });
  const asked = await session.open("a.lua", `${ROWS}State.load("user", "prefer‸ences")`);
  const hover: Hover | null = await session.connection.sendRequest("textDocument/hover", asked);
  expect(hoverText(hover)).toContain("light");
});

it("publishes what is found in a long script, and takes it back when it is closed", async () => {
  const session = await opened(20);
  await session.open("a.lua", `${ROWS}State.sav("user", "x", 1)\n`);
  const found = await session.diagnostics("a.lua", (items) => items.length > 0);
  expect(found[0]?.range.start.line).toBe(20);
  await session.connection.sendNotification("textDocument/didClose", {
    textDocument: { uri: session.uri("a.lua") },
  });
  await session.diagnostics("a.lua", (items) => items.length === 0);
});
