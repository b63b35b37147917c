import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import type {
  CodeLens,
  DocumentHighlight,
  DocumentSymbol,
  InlayHint,
  Location,
  SemanticTokens,
  WorkspaceEdit,
  WorkspaceSymbol,
} from "vscode-languageserver-protocol/node";
import {
  entriesRequest,
  type LuaLibraryResult,
  luaLibraryRequest,
  planRenameRequest,
  readRequest,
  referencesRequest,
  renameEntriesRequest,
  writeRequest,
} from "../../shared/src/protocol.ts";
import { cli } from "./cli.ts";
import { Session, type SessionOptions } from "./session.ts";

let session: Session;
afterEach(() => session.stop());

const CACHE = `local M = {}
function M.set(key, value) State.save("cache", "v1:" .. key, value) end
function M.get(key) return State.load("cache", "v1:" .. key) end
return M
`;
const FILES = {
  "a.lua": 'local cache = require("lib.cache")\ncache.set("hits", 1)\n',
  "b.lua": 'State.save("user", "theme", "dark")\nState.save("user", "p", { theme = 1 })\n',
  "lib/cache.lua": CACHE,
};

async function started(options: SessionOptions = {}): Promise<Session> {
  session = await Session.start({ files: FILES, ...options });
  await session.indexed();
  return session;
}

/** `b.lua:0:20` */
function short(locations: readonly Location[] | null): string[] | undefined {
  return locations?.map(({ uri, range: { start } }) => {
    const path = decodeURIComponent(new URL(uri).pathname);
    return `${path.slice(session.folder.length + 1)}:${start.line}:${start.character}`;
  });
}

async function ask<R>(method: string, path: string, marked: string, more: object = {}): Promise<R> {
  const params = await session.open(path, marked);
  return await session.connection.sendRequest(method, { ...params, ...more });
}

describe("going to the definition", () => {
  it("leads from a load to the save in another script that is not open", async () => {
    await started();
    const found = await ask<Location[]>(
      "textDocument/definition",
      "c.lua",
      '\nState.load("user", "the‸me")',
    );
    expect(short(found)).toEqual(["b.lua:0:20"]);
    const declared = await ask<Location[]>(
      "textDocument/declaration",
      "c.lua",
      'State.load("user", "the‸me")',
    );
    expect(declared).toEqual(found);
  });

  it("leads from a call through a module to its function", async () => {
    await started();
    const text = 'local c = require("lib.cache")\nc.s‸et("x", 1)';
    const found = await ask<Location[]>("textDocument/definition", "c.lua", text);
    expect(short(found)).toEqual(["lib/cache.lua:1:9"]);
  });

  it("leads from a field of a loaded value to where it is saved", async () => {
    await started();
    const text = 'local p = State.load("user", "p")\nprint(p.the‸me)';
    expect(short(await ask("textDocument/definition", "c.lua", text))).toEqual(["b.lua:1:26"]);
  });

  it("works in a script that is not saved and one outside of the folder", async () => {
    await started();
    const params = { textDocument: { uri: "untitled:Untitled-1" } };
    await session.connection.sendNotification("textDocument/didOpen", {
      textDocument: {
        ...params.textDocument,
        languageId: "lua",
        version: 1,
        text: 'State.save("u", "k", 1) State.load("u", "k")',
      },
    });
    const found: Location[] = await session.connection.sendRequest("textDocument/definition", {
      ...params,
      position: { line: 0, character: 41 },
    });
    expect(found.map(({ uri, range }) => [uri, range.start.character])).toEqual([
      ["untitled:Untitled-1", 17],
    ]);
  });
});

describe("references", () => {
  it("tell reads and writes apart, over files, as they are in the editor", async () => {
    await started();
    await session.open("b.lua", '\n\nState.save("user", "theme", 1)');
    const text = 'State.load("user", "the‸me")';
    const all = await ask<Location[]>("textDocument/references", "c.lua", text, {
      context: { includeDeclaration: true },
    });
    expect(short(all)).toEqual(["b.lua:2:20", "c.lua:0:20"]);
    const reads = await ask<Location[]>("textDocument/references", "c.lua", text, {
      context: { includeDeclaration: false },
    });
    expect(short(reads)).toEqual(["c.lua:0:20"]);
  });

  it("are told of a key in a tree, by a request and by a command", async () => {
    await started();
    const store = await session.store();
    const { references, complete } = await session.ask(referencesRequest, {
      store,
      namespace: "cache",
      key: "v1:hits",
    });
    expect(complete).toBe(true);
    expect(references.map(({ access, uncertain, function: f }) => [access, uncertain, f])).toEqual([
      ["write", undefined, undefined],
      ["write", true, "M.set"],
      ["read", true, "M.get"],
    ]);
    const same = await session.connection.sendRequest("workspace/executeCommand", {
      command: "llmspellState.server.references",
      arguments: [{ namespace: "cache", key: "v1:hits" }],
    });
    expect(same).toEqual({ references, complete });
  });

  it("follow a script that another program changes", async () => {
    await started();
    const store = await session.store();
    writeFileSync(join(session.folder, "new.lua"), 'State.load("user", "fresh")\n');
    await session.eventuallyAsk(
      () => session.ask(referencesRequest, { store, namespace: "user", key: "fresh" }),
      ({ references }) => references.length === 1,
    );
  });

  it("highlight reads and writes of the same script", async () => {
    await started();
    const found = await ask<DocumentHighlight[]>(
      "textDocument/documentHighlight",
      "c.lua",
      'State.save("user", "x", State.load("user", "x‸"))',
    );
    expect(found.map(({ kind }) => kind)).toEqual([3, 2]);
    expect(await ask("textDocument/documentHighlight", "d.lua", "print(‸1)")).toBeNull();
  });
});

describe("symbols", () => {
  it("of a document are namespaces with keys", async () => {
    await started();
    const { textDocument } = await session.open("c.lua", 'State.load("user", "theme")');
    const found: DocumentSymbol[] = await session.connection.sendRequest(
      "textDocument/documentSymbol",
      { textDocument },
    );
    expect(found).toMatchObject([
      { name: "user", kind: 3, children: [{ name: "theme", kind: 20 }] },
    ]);
  });

  it("of the workspace are found by some of their characters", async () => {
    await started();
    const found: WorkspaceSymbol[] = await session.connection.sendRequest("workspace/symbol", {
      query: "usthm",
    });
    expect(found).toMatchObject([{ name: "theme", containerName: "user" }]);
  });
});

describe("rename", () => {
  const apply = (text: string, edits: WorkspaceEdit["changes"], path: string) =>
    (edits?.[session.uri(path)] ?? []).toReversed().reduce((done, { range, newText }) => {
      const lines = done.split("\n");
      const line = lines[range.start.line] ?? "";
      lines[range.start.line] =
        line.slice(0, range.start.character) + newText + line.slice(range.end.character);
      return lines.join("\n");
    }, text);

  it("changes all scripts, open or not", async () => {
    await started();
    const text = 'State.load("user", "the‸me")';
    const prepared = await ask("textDocument/prepareRename", "c.lua", text);
    expect(prepared).toMatchObject({ placeholder: "theme", range: { start: { character: 20 } } });
    const edit = await ask<WorkspaceEdit>("textDocument/rename", "c.lua", text, {
      newName: "colour",
    });
    expect(Object.keys(edit.changes ?? {}).map((uri) => uri.slice(-5))).toEqual(["b.lua", "c.lua"]);
    const b = readFileSync(join(session.folder, "b.lua"), "utf8");
    expect(apply(b, edit.changes, "b.lua")).toBe(b.replace('"user", "theme"', '"user", "colour"'));
  });

  describe("offers to rename what is stored", () => {
    const told: string[] = [];
    const wanted: string[] = [];
    const THEME = 'State.load("user", "the‸me")';
    const COLOUR = 'State.load("user", "colour")';

    async function renamedTheme(options: SessionOptions = {}) {
      told.length = 0;
      await started({
        ...options,
        prepare: (connection) => {
          connection.onRequest("window/showMessageRequest", ({ message, actions }) => {
            told.push(message);
            const title = wanted.shift();
            return actions.find((one: { title: string }) => one.title === title) ?? null;
          });
          connection.onNotification("window/showMessage", ({ message }) => {
            told.push(message);
          });
        },
      });
      const store = await session.store();
      const theme = { store, namespace: "user", key: "theme" };
      await session.ask(writeRequest, { ...theme, value: '"dark"' });
      await ask("textDocument/rename", "c.lua", THEME, { newName: "colour" });
      const read = (key: string) => session.ask(readRequest, { ...theme, key });
      return { store, read };
    }

    it("once the scripts are changed, and takes it back when asked to", async () => {
      wanted.push("Rename Stored Data", "Undo");
      const { read } = await renamedTheme({ options: { commandLinks: true } });
      expect(told).toEqual([]);
      await session.open("c.lua", `${THEME.replace("‸", "")} -- typed`);
      await session.open("c.lua", COLOUR);
      await session.eventuallyAsk(
        async () => told.length,
        (count) => count === 2,
      );
      expect(told[0]).toBe('Scripts now say "colour"; what is stored is still named "theme".');
      expect(told[1]).toBe('What was stored as "theme" is now "colour".');
      await session.eventuallyAsk(
        () => read("theme"),
        (entry) => entry !== null,
      );
      expect(await read("colour")).toBeNull();
    });

    it("of what keys begin with as well", async () => {
      const { read, store } = await renamedTheme({ options: { commandLinks: true } });
      const written = { store, namespace: "user", key: "p:1", value: "1" };
      await session.ask(writeRequest, written);
      wanted.push("Rename Stored Data");
      await ask("textDocument/rename", "d.lua", 'State.load("user", "p‸:" .. id)', {
        newName: "q:",
      });
      await session.open("d.lua", 'State.load("user", "q:" .. id)');
      await session.eventuallyAsk(
        () => read("q:1"),
        (entry) => entry !== null,
      );
      expect(told[0]).toBe('Scripts now say "q:"; 1 stored key still begins with "p:".');
    });

    it("and leaves it when nobody wants it", async () => {
      const { read } = await renamedTheme({ options: { commandLinks: true } });
      await session.open("c.lua", COLOUR);
      await session.eventuallyAsk(
        async () => told.length,
        (count) => count === 1,
      );
      expect(await read("theme")).not.toBeNull();
    });

    it("by naming the command where the client has no buttons for it", async () => {
      await renamedTheme();
      await session.open("c.lua", COLOUR);
      await session.eventuallyAsk(
        async () => told.length,
        (count) => count === 1,
      );
      expect(told[0]).toContain("llmspellState.server.renameEntries");
    });
  });

  it("changes the part that is passed to a function of another script", async () => {
    await started();
    const text = 'local c = require("lib.cache")\nc.get("hi‸ts")';
    const edit = await ask<WorkspaceEdit>("textDocument/rename", "c.lua", text, { newName: "n" });
    expect(apply(FILES["a.lua"], edit.changes, "a.lua")).toContain('cache.set("n", 1)');
    expect(apply(text.replace("‸", ""), edit.changes, "c.lua")).toContain('c.get("n")');
    expect(edit.changes).not.toHaveProperty(session.uri("lib/cache.lua"));
  });

  it("asks where it is not certain, of a client that can ask", async () => {
    await started({
      capabilities: {
        workspace: { workspaceEdit: { documentChanges: true, changeAnnotationSupport: {} } },
      },
    });
    const text = 'State.load("cache", "v1:hi‸ts")';
    const edit = await ask<WorkspaceEdit>("textDocument/rename", "c.lua", text, {
      newName: "v1:n",
    });
    expect(edit.documentChanges).toHaveLength(2);
    expect(edit.documentChanges?.[1]).toMatchObject({ textDocument: { version: 1 } });
    const computed = 'State.load("user", "the‸me") State.load("user", "the" .. "me")';
    const asked = await ask<WorkspaceEdit>("textDocument/rename", "c.lua", computed, {
      newName: "x",
    });
    expect(asked.changeAnnotations).toMatchObject({ computed: { needsConfirmation: true } });
  });

  it("refuses what cannot be stored or is only known at run time", async () => {
    await started();
    const named = ask("textDocument/rename", "c.lua", 'State.load("user", "the‸me")', {
      newName: "a\nb",
    });
    await expect(named).rejects.toThrow(/cannot be a key/);
    const computed = ask("textDocument/prepareRename", "d.lua", 'State.load("user", k‸ey)');
    await expect(computed).rejects.toThrow(/only known when the script runs/);
    expect(await ask("textDocument/prepareRename", "e.lua", "print(‸1)")).toBeNull();
  });

  it("plans code and data, and renames the data in one step or not at all", async () => {
    await started();
    const store = await session.store();
    for (const key of ["theme", "taken"]) {
      await session.ask(writeRequest, { store, namespace: "user", key, value: "1" });
    }
    const plan = await session.ask(planRenameRequest, {
      store,
      namespace: "user",
      key: "theme",
      to: "colour",
    });
    expect(plan).toMatchObject({
      changes: 1,
      files: 1,
      complete: true,
      data: { entries: 1, conflicts: 0 },
    });
    const conflict = { store, namespace: "user", key: "theme", to: "taken" };
    expect((await session.ask(planRenameRequest, conflict)).data.conflicts).toBe(1);
    await expect(session.ask(renameEntriesRequest, conflict)).rejects.toMatchObject({
      data: { code: "target-exists" },
    });
    const done = { ...conflict, to: "colour" };
    expect(await session.ask(renameEntriesRequest, done)).toMatchObject({ renamed: 1 });
    const read = { store, namespace: "user" };
    expect(await session.ask(readRequest, { ...read, key: "theme" })).toBeNull();
    expect(await session.ask(readRequest, { ...read, key: "colour" })).toMatchObject({
      value: "1",
    });
    const namespace = { store, namespace: "user", to: "person" };
    expect((await session.ask(planRenameRequest, namespace)).data).toEqual({
      entries: 2,
      conflicts: 0,
    });
    expect(await session.ask(renameEntriesRequest, namespace)).toMatchObject({ renamed: 2 });
  });

  it("plans and renames what keys begin with, and takes back what it renamed", async () => {
    await started();
    const store = await session.store();
    const write = (key: string) =>
      session.ask(writeRequest, { store, namespace: "user", key, value: "1" });
    for (const key of ["profile:a", "profile:b", "member:x", "profiles"]) await write(key);
    await session.open("p.lua", 'State.load("user", "profile:" .. id)');
    const group = { store, namespace: "user", prefix: "profile:", to: "member:" };
    expect(await session.ask(planRenameRequest, group)).toMatchObject({
      changes: 1,
      data: { entries: 2, conflicts: 0 },
    });
    const { renamed, since } = await session.ask(renameEntriesRequest, group);
    expect(renamed).toBe(2);
    const keys = async () =>
      (await session.ask(entriesRequest, { store, namespace: "user" })).entries.map(
        ({ key }) => key,
      );
    expect(await keys()).toEqual(["member:a", "member:b", "member:x", "profiles"]);
    const back = { store, namespace: "user", prefix: "member:", to: "profile:", since };
    await session.ask(renameEntriesRequest, back);
    expect(await keys()).toEqual(["member:x", "profile:a", "profile:b", "profiles"]);

    await write("member:b");
    expect((await session.ask(planRenameRequest, group)).data).toEqual({
      ...{ entries: 2, conflicts: 1, conflict: "member:b" },
    });
    await expect(session.ask(renameEntriesRequest, group)).rejects.toMatchObject({
      data: { code: "target-exists" },
    });
  });
});

describe("scripts that require each other", () => {
  it("are understood without end", async () => {
    session = await Session.start({
      files: {
        "x.lua":
          'local y = require("y")\nlocal M = {}\nfunction M.f(k) return y.g(k) end\nreturn M\n',
        "y.lua":
          'local x = require("x")\nlocal M = {}\nfunction M.g(k) return x.f(k) or State.load("u", k) end\nreturn M\n',
      },
    });
    for (const path of ["x.lua", "y.lua"]) {
      await session.open(path, readFileSync(join(session.folder, path), "utf8"));
    }
    const text = 'local x = require("x")\nx.f("k‸ey")';
    const found = await session.eventuallyAsk(
      () =>
        ask<Location[] | null>("textDocument/references", "c.lua", text, {
          context: { includeDeclaration: true },
        }),
      (locations) => (locations ?? []).length > 0,
    );
    expect(short(found)).toEqual(["c.lua:1:5"]);
  });
});

describe("live", () => {
  const LOAD = 'local t = State.load("user", "theme")';

  async function stored(options: SessionOptions = {}): Promise<string> {
    await started(options);
    const store = await session.store();
    const theme = { store, namespace: "user", key: "theme", value: '"dark"' };
    await session.ask(writeRequest, theme);
    return store;
  }

  const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  const hints = async (text: string): Promise<InlayHint[] | null> => {
    const { textDocument } = await session.open("c.lua", text);
    return await session.connection.sendRequest("textDocument/inlayHint", { textDocument, range });
  };

  it("values stand behind loads, follow the data, and can be switched off", async () => {
    const refreshed: string[] = [];
    const store = await stored({
      capabilities: {
        workspace: { inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true } },
      },
    });
    session.connection.onRequest("workspace/inlayHint/refresh", () => {
      refreshed.push("hints");
      return null;
    });
    session.connection.onRequest("workspace/codeLens/refresh", () => {
      refreshed.push("lenses");
      return null;
    });
    expect(await hints(LOAD)).toMatchObject([
      { position: { line: 0, character: LOAD.length }, label: '= "dark"' },
    ]);
    refreshed.length = 0;
    cli(session.folder, "set", "user", "theme", '"light"');
    await session.eventuallyAsk(
      async () => refreshed,
      (all) => all.includes("hints") && all.includes("lenses"),
    );
    expect(await hints(LOAD)).toMatchObject([{ label: '= "light"' }]);
    await session.connection.sendNotification("workspace/didChangeConfiguration", {
      settings: { llmspellState: { inlayHints: "off" } },
    });
    expect(await hints(LOAD)).toBeNull();
    expect(store).not.toBe("");
  });

  it("lenses count over all scripts and lead there", async () => {
    const store = await stored({ options: { commandLinks: true } });
    const { textDocument } = await session.open("c.lua", `\n${LOAD}`);
    const lenses: CodeLens[] = await session.connection.sendRequest("textDocument/codeLens", {
      textDocument,
    });
    const resolved = await Promise.all(
      lenses.map((lens) =>
        lens.command === undefined
          ? session.connection.sendRequest<CodeLens>("codeLens/resolve", lens)
          : lens,
      ),
    );
    expect(resolved.map(({ command, range: { start } }) => [start.line, command?.title])).toEqual([
      [0, "Run"],
      [0, "Dry Run"],
      [1, "theme: 1 read, 1 write"],
      [1, '= "dark"'],
    ]);
    expect(resolved[2]?.command).toMatchObject({
      command: "llmspellState.showReferences",
      arguments: [textDocument.uri, { line: 1 }, [{}, {}]],
    });
    expect(resolved[3]?.command?.arguments).toEqual([{ store, namespace: "user", key: "theme" }]);
  });

  it("lenses of a client without our commands only tell", async () => {
    await stored();
    const { textDocument } = await session.open("c.lua", LOAD);
    const lenses: CodeLens[] = await session.connection.sendRequest("textDocument/codeLens", {
      textDocument,
    });
    expect(lenses).toHaveLength(2);
    const { command } = await session.connection.sendRequest<CodeLens>(
      "codeLens/resolve",
      lenses[0],
    );
    expect(command).toEqual({ title: "theme: 1 read, 1 write", command: "" });
  });

  it("keys lead to their values", async () => {
    const store = await stored({ options: { commandLinks: true } });
    const { textDocument } = await session.open("c.lua", `${LOAD} State.load("user", "none")`);
    const links = await session.connection.sendRequest("textDocument/documentLink", {
      textDocument,
    });
    expect(links).toMatchObject([
      { range: { start: { character: 30 } }, target: `llmspell-state://${store}/user/theme.json` },
    ]);
  });

  it("namespaces and keys have colours", async () => {
    await started();
    const { textDocument } = await session.open("c.lua", `${LOAD}\nState.save("user", "x", 1)`);
    const ask = (method: string, more: object = {}) =>
      session.connection.sendRequest<SemanticTokens>(`textDocument/semanticTokens/${method}`, {
        textDocument,
        ...more,
      });
    const all = [0, 22, 4, 0, 0, 0, 8, 5, 1, 0, 1, 12, 4, 0, 1, 0, 8, 1, 1, 1];
    expect((await ask("full")).data).toEqual(all);
    const end = { line: 0, character: 30 };
    expect((await ask("range", { range: { start: range.start, end } })).data).toEqual(
      all.slice(0, 10),
    );
    for (const settings of [{ luaLanguageServer: true }, { semanticTokens: "off" }]) {
      await session.connection.sendNotification("workspace/didChangeConfiguration", {
        settings: { llmspellState: { luaLanguageServer: false, ...settings } },
      });
      expect(await ask("full")).toBeNull();
    }
  });
});

describe("completion and hover over several scripts", () => {
  it("offers keys and fields that other scripts save", async () => {
    await started();
    const keys = await session.completion("c.lua", 'State.load("user", "‸")');
    expect(keys.items.map(({ label, detail }) => [label, detail])).toEqual([
      ["p", "1 use in this workspace"],
      ["theme", "1 use in this workspace"],
    ]);
    const fields = await session.completion("c.lua", 'local p = State.load("user", "p") p.‸');
    expect(fields.items).toMatchObject([{ label: "theme", detail: "saved in b.lua" }]);
  });

  it("completes the part that a function of another script is given", async () => {
    await started();
    const text = 'local c = require("lib.cache")\nc.get("‸")';
    const { items } = await session.completion("c.lua", text);
    expect(items.map(({ label }) => label)).toContain("hits");
  });

  it("offers computed keys as snippets to a client that takes them", async () => {
    await started({
      capabilities: { textDocument: { completion: { completionItem: { snippetSupport: true } } } },
    });
    const { items } = await session.completion("c.lua", 'State.load("cache", "‸")');
    expect(items.find(({ label }) => label === "v1:*")).toMatchObject({ insertTextFormat: 2 });
  });

  it("tells a client that can show it what stands beside every item", async () => {
    await started({
      capabilities: {
        textDocument: { completion: { completionItem: { labelDetailsSupport: true } } },
      },
    });
    const { items } = await session.completion("c.lua", 'State.load("user", "‸")');
    expect(items[0]).toMatchObject({ labelDetails: { description: "1 use in this workspace" } });
    expect(items[0]?.detail).toBeUndefined();
  });

  it("offers the versions that migrations lead to", async () => {
    await started({
      files: {
        "llmspell.toml": "[state]\nmigration_enabled = true\n",
        "migrations/1.0.0__2.0.0.toml": "",
      },
    });
    const { items } = await session.completion("c.lua", 'State.migrate("‸")');
    expect(items.map(({ label }) => label)).toEqual(["2.0.0"]);
  });

  it("links a key to who writes it", async () => {
    await started();
    const text = await session.hover("c.lua", 'State.load("user", "the‸me")');
    expect(text).toContain(`Written in 1 place: [\`b.lua:1\`](${session.uri("b.lua")}#L1)`);
    expect(text).not.toContain("command:");
  });

  it("follows a function of another script that is edited and not saved", async () => {
    await started();
    const text = 'local c = require("lib.cache")\nc.set("hi‸ts", 1)';
    await session.open("lib/cache.lua", CACHE.replaceAll("v1:", "v2:"));
    await session.eventuallyAsk(
      () => session.hover("c.lua", text),
      (found) => found?.includes("v2:hits") === true,
    );
  });
});

describe("beside another Lua server", () => {
  it("gives it a description of State, with the forms of what is stored, and never a value", async () => {
    await started();
    const store = await session.store();
    const secret = {
      store,
      namespace: "auth",
      key: "token",
      value: '{"api_key":"hunter22hunter"}',
    };
    await session.ask(writeRequest, secret);
    const plain = await session.ask(luaLibraryRequest, { store });
    expect(plain).toMatchObject({ typed: 0, more: false });
    expect(plain.text).toContain("function State.load(namespace, key) end");
    const typed: LuaLibraryResult = await session.connection.sendRequest(
      "workspace/executeCommand",
      { command: "llmspellState.server.luaLibrary", arguments: [{ types: true }] },
    );
    expect(typed).toMatchObject({ typed: 1, more: false });
    expect(typed.text).toContain(
      '---@overload fun(namespace: "auth", key: "token"): llmspell.stored.auth.token\n',
    );
    expect(typed.text).not.toContain("hunter22");
  });

  it("leaves State's functions to it once it knows them, and takes them back", async () => {
    await started({ options: { luaLanguageServer: true } });
    const members = async () => (await session.completion("c.lua", "State.‸")).items.length;
    const tell = (luaLibrary: boolean) =>
      session.connection.sendNotification("workspace/didChangeConfiguration", {
        settings: { llmspellState: { luaLibrary } },
      });
    expect(await members()).toBeGreaterThan(10);
    await tell(true);
    expect(await members()).toBe(0);
    expect(await session.hover("c.lua", "State.sa‸ve()")).toBeNull();
    expect((await session.completion("c.lua", 'State.load("‸")')).items.length).toBeGreaterThan(0);
    await tell(false);
    expect(await members()).toBeGreaterThan(10);
  });
});

describe("reading scripts", () => {
  const many = Object.fromEntries(
    Array.from({ length: 400 }, (_, i) => [`s${i}.lua`, `State.save("many", "k${i}", ${i})\n`]),
  );

  it("is shown where it takes a while", async () => {
    const shown: string[] = [];
    const ended = Promise.withResolvers<void>();
    session = await Session.start({
      files: many,
      capabilities: { window: { workDoneProgress: true } },
      prepare: (connection) => {
        connection.onRequest("window/workDoneProgress/create", () => null);
        connection.onNotification("$/progress", ({ value }: { value: { kind: string } }) => {
          shown.push(value.kind);
          if (value.kind === "end") ended.resolve();
        });
      },
    });
    await ended.promise;
    expect(shown[0]).toBe("begin");
    expect(shown.at(-1)).toBe("end");
  });

  it("keeps what was found out in the folder that the editor names, else nowhere", async () => {
    const cacheFolder = mkdtempSync(join(tmpdir(), "llmspell-state-cache-"));
    onTestFinished(() => rmSync(cacheFolder, { recursive: true, force: true }));
    await started({ options: { cacheFolder } });
    const before = readdirSync(session.folder, { recursive: true }).sort();
    expect(before).toEqual(["a.lua", "b.lua", "lib", join("lib", "cache.lua")]);
    await session.stop();
    expect(readdirSync(cacheFolder)).toEqual([expect.stringMatching(/^scripts-[0-9a-f]+\.json$/)]);
    await started({ options: { cacheFolder } });
    const text = 'State.load("user", "the‸me")';
    expect(short(await ask("textDocument/definition", "c.lua", text))).toEqual(["b.lua:0:20"]);
  });

  it("leaves out what git and the settings leave out", async () => {
    await started({
      files: { ...FILES, ".gitignore": "lib/\n", "old/x.lua": 'State.save("user", "theme", 1)' },
      options: { exclude: ["old/**"] },
    });
    const text = 'State.load("user", "the‸me")';
    expect(short(await ask("textDocument/definition", "c.lua", text))).toEqual(["b.lua:0:20"]);
    const { items } = await session.completion("c.lua", 'State.load("‸")');
    expect(items.map(({ label }) => label)).toEqual(["user"]);
  });

  it("leaves out of a folder that is added later what the settings have left out since the start", async () => {
    await started({ files: { "main.lua": "" } });
    await session.connection.sendNotification("workspace/didChangeConfiguration", {
      settings: { llmspellState: { exclude: ["old/**"] } },
    });
    const added = mkdtempSync(join(tmpdir(), "llmspell-added-"));
    onTestFinished(() => rmSync(added, { recursive: true }));
    mkdirSync(join(added, "old"));
    writeFileSync(join(added, "old", "x.lua"), 'State.save("left_out", "theme", 1)');
    writeFileSync(join(added, "b.lua"), 'State.save("kept", "theme", 1)');
    await session.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
      event: { added: [{ uri: pathToFileURL(added).href, name: "added" }], removed: [] },
    });
    const symbols = (query: string) =>
      session.connection.sendRequest<WorkspaceSymbol[]>("workspace/symbol", { query });
    await expect.poll(async () => (await symbols("kept")).length).toBeGreaterThan(0);
    expect(await symbols("left_out")).toEqual([]);
  });
});
