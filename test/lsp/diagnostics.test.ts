import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type ClientCapabilities,
  type CodeAction,
  CodeLensRequest,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type PublishDiagnosticsParams,
  type WorkspaceDiagnosticReport,
} from "vscode-languageserver-protocol";
import { TextDocument } from "vscode-languageserver-textdocument";
import { writeRequest } from "../../shared/src/protocol.ts";
import { cli } from "./cli.ts";
import type { Session } from "./session.ts";
import { useSessions } from "./start.ts";

const start = useSessions();

const PULL: ClientCapabilities = {
  textDocument: { diagnostic: {} },
  workspace: { diagnostics: { refreshSupport: true } },
};

async function pull(
  session: Session,
  path: string,
  previousResultId?: string,
): Promise<DocumentDiagnosticReport> {
  return await session.connection.sendRequest("textDocument/diagnostic", {
    textDocument: { uri: session.uri(path) },
    previousResultId,
  });
}

async function pulledRules(session: Session, path: string): Promise<unknown[]> {
  const report = await pull(session, path);
  return report.kind === "full" ? report.items.map(({ code }) => code) : [];
}

/** The next requests of the client to ask again; each is answered at once. */
function refreshes(session: Session): { count: () => number; next: () => Promise<void> } {
  let count = 0;
  let wake = () => {};
  session.connection.onRequest("workspace/diagnostic/refresh", () => {
    count++;
    wake();
    return null;
  });
  return {
    count: () => count,
    next: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      return promise;
    },
  };
}

/** All that is published from now on. */
function collect(session: Session): readonly PublishDiagnosticsParams[] {
  const sent: PublishDiagnosticsParams[] = [];
  session.on("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
    sent.push(params);
  });
  return sent;
}

async function actions(
  session: Session,
  path: string,
  marked: string,
  only?: string[],
): Promise<CodeAction[]> {
  const { textDocument, position } = await session.open(
    path,
    marked,
    path.endsWith(".toml") ? "toml" : "lua",
  );
  return (
    (await session.connection.sendRequest("textDocument/codeAction", {
      textDocument,
      range: { start: position, end: position },
      context: { diagnostics: [], ...(only === undefined ? {} : { only }) },
    })) ?? []
  );
}

describe("a client that asks for diagnostics", () => {
  it("gets them when it asks, and is not sent them besides", async () => {
    const session = await start({ capabilities: PULL });
    expect(session.initialized.capabilities.diagnosticProvider).toMatchObject({
      identifier: "llmspell-state",
      interFileDependencies: true,
    });
    const sent = collect(session);
    await session.open("a.lua", 'State.get("user", "name")');
    const report = await pull(session, "a.lua");
    expect(report).toMatchObject({ kind: "full", items: [{ code: "unknown-member" }] });
    expect(await pull(session, "a.lua", report.resultId)).toEqual({
      kind: "unchanged",
      resultId: report.resultId,
    });
    await session.open("a.lua", "local x = 1");
    expect(await pull(session, "a.lua", report.resultId)).toMatchObject({
      kind: "full",
      items: [],
    });
    expect(sent.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  });

  it("is told to ask again when data change, and not once for each change", async () => {
    const session = await start({ capabilities: PULL });
    const { count, next } = refreshes(session);
    const store = await session.store();
    await session.open("a.lua", 'local n = State.load("user", "nmae") or ""');
    // A warning where a key like it is stored; once all scripts are known, an information without.
    const severities = async () => {
      const report = await pull(session, "a.lua");
      return report.kind === "full" ? report.items.map(({ severity }) => severity) : [];
    };
    expect(await severities()).not.toContain(2);
    const asked = next();
    for (let n = 0; n < 200; n++) {
      await session.ask(writeRequest, { store, namespace: "user", key: "name", value: `${n}` });
    }
    await asked;
    expect(await severities()).toContain(2);
    expect(count()).toBeLessThan(100);
  });

  it("is told to ask again when the configuration file or the settings change", async () => {
    const session = await start({ capabilities: PULL, files: { "llmspell.toml": "[state]\n" } });
    const { next } = refreshes(session);
    await session.open("a.lua", "State.get()");
    expect(await pulledRules(session, "a.lua")).toContain("unknown-member");
    let asked = next();
    writeFileSync(
      join(session.folder, "llmspell.toml"),
      '[state]\n[state.rules]\nunknown-member = "off"\n',
    );
    while ((await pulledRules(session, "a.lua")).includes("unknown-member")) {
      await asked;
      asked = next();
    }
    asked = next();
    await session.connection.sendNotification("workspace/didChangeConfiguration", {
      settings: { llmspellState: { rules: { "unknown-member": "hint" } } },
    });
    await asked;
    expect(await pull(session, "a.lua")).toMatchObject({
      items: [{ code: "unknown-member", severity: 4 }],
    });
  });
});

describe("a client that is sent diagnostics", () => {
  it("sees changed settings at once, also where it wants to be asked for them", async () => {
    const session = await start({
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
      },
    });
    session.connection.onRequest("client/registerCapability", () => null);
    session.connection.onRequest("workspace/configuration", () => [
      { rules: { "unknown-member": "hint" } },
    ]);
    await session.open("a.lua", "State.get()");
    await session.diagnostics("a.lua", (found) => found.some(({ severity }) => severity === 1));
    await session.connection.sendNotification("workspace/didChangeConfiguration", {
      settings: null,
    });
    await session.diagnostics("a.lua", (found) => found.some(({ severity }) => severity === 4));
  });

  it("is asked to tell of changed settings, also where its folders are followed", async () => {
    const session = await start({
      capabilities: {
        workspace: {
          didChangeConfiguration: { dynamicRegistration: true },
          workspaceFolders: true,
        },
      },
    });
    const registered: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    session.connection.onRequest("client/registerCapability", ({ registrations }) => {
      for (const { method } of registrations) registered.push(method);
      if (registered.includes("workspace/didChangeConfiguration")) resolve();
      return null;
    });
    await promise;
    expect(registered).toContain("workspace/didChangeConfiguration");
  });

  it("never gets those of an older version, and gets those of the last", async () => {
    const session = await start();
    const sent = collect(session);
    for (let n = 1; n <= 40; n++) {
      await session.open("a.lua", n % 2 === 0 ? "State.get()\n" : "local x = 1\n");
    }
    const last = await session.connection
      .sendRequest("textDocument/hover", await session.open("a.lua", "State.get()\n"))
      .then(async () => {
        while (sent.at(-1)?.version !== 41) {
          await session.notification("textDocument/publishDiagnostics", () => true);
        }
        return sent.at(-1);
      });
    expect(last?.diagnostics).toMatchObject([{ code: "unknown-member" }]);
    const versions = sent.map(({ version }) => version ?? 0);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    for (const { version = 0, diagnostics } of sent) {
      expect(diagnostics.length, `version ${version}`).toBe(
        version % 2 === 0 || version === 41 ? 1 : 0,
      );
    }
  });

  it("is sent few of them while a script saves in a loop and many files are open", async () => {
    const session = await start();
    const store = await session.store();
    for (let n = 0; n < 20; n++) await session.open(`f${n}.lua`, 'State.load("user", "nmae")\n');
    for (let n = 0; n < 20; n++) await session.diagnostics(`f${n}.lua`);
    let sent = 0;
    const { promise: current, resolve } = Promise.withResolvers<void>();
    session.on("textDocument/publishDiagnostics", (params: PublishDiagnosticsParams) => {
      sent++;
      const { uri, diagnostics } = params;
      const heeds = JSON.stringify(diagnostics).includes("Did you mean");
      if (uri === session.uri("f19.lua") && heeds) resolve();
    });
    for (let n = 0; n < 300; n++) {
      await session.ask(writeRequest, { store, namespace: "user", key: "name", value: `${n}` });
    }
    await current;
    expect(sent).toBeLessThan((300 * 20) / 4);
  });

  it("is sent none of syntax where another server reports it", async () => {
    const session = await start({ options: { luaLanguageServer: true } });
    await session.open("a.lua", "local = \nState.get()");
    const found = await session.diagnostics("a.lua", (all) => all.length > 0);
    expect(found.map(({ code }) => code)).toEqual(["unknown-member"]);
    await session.connection.sendNotification("workspace/didChangeConfiguration", {
      settings: { llmspellState: { luaLanguageServer: false } },
    });
    await session.diagnostics("a.lua", (all) => all.some(({ code }) => code === "syntax-error"));
  });

  it("gets those of one file taken back when it is closed", async () => {
    const session = await start();
    const { textDocument } = await session.open("untitled.lua", "State.get()");
    await session.diagnostics("untitled.lua", (found) => found.length > 0);
    await session.connection.sendNotification("textDocument/didClose", { textDocument });
    await session.diagnostics("untitled.lua", (found) => found.length === 0);
  });
});

describe("a script with very many findings", () => {
  const text = `State.get("user")\n${'State.load("user", "x")\n'.repeat(300)}`;
  const bounded = (found: readonly Diagnostic[]) => {
    expect(found).toHaveLength(201);
    // The gravest stay, and the last line says how many of the others are left out.
    expect(found.filter(({ code }) => code === "unknown-member")).toHaveLength(1);
    expect(found.at(-1)).toMatchObject({
      code: "too-many-findings",
      severity: 3,
      message: expect.stringMatching(/^\d+ more findings are not shown/),
    });
  };

  it("gets a bounded number, and one line that says how many more: when asked for", async () => {
    const session = await start({ capabilities: PULL });
    await session.open("a.lua", text);
    const report = await pull(session, "a.lua");
    bounded(report.kind === "full" ? report.items : []);
  });

  it("and when sent", async () => {
    const session = await start();
    await session.open("a.lua", text);
    bounded(await session.diagnostics("a.lua", (found) => found.length > 0));
  });
});

describe("scripts that nobody has open", () => {
  const files = {
    "bad.lua": "State.get()\n",
    "lib/store.lua": 'return { set = function(k, v) State.save("user", k, v) end }\n',
    "writer.lua": 'require("lib.store").set("theme", "dark")\n',
    "reader.lua": 'print(State.load("user", "theme") or "")\n',
    "state/ours.lua": "State.get()\n",
    ".gitignore": "built/\n",
    "built/made.lua": "State.get()\n",
  };

  it("are checked too, follow their files, and are cleared when they are deleted", async () => {
    const session = await start({ files });
    const [found] = await session.diagnostics("bad.lua", (all) => all.length > 0);
    expect(found).toMatchObject({ code: "unknown-member", source: "llmspell-state" });
    writeFileSync(join(session.folder, "reader.lua"), 'State.save("user name", "a:b", 1)\n');
    const [changed] = await session.diagnostics("reader.lua", (all) => all.length > 0);
    expect(changed).toMatchObject({ code: "invalid-namespace" });
    rmSync(join(session.folder, "bad.lua"));
    await session.diagnostics("bad.lua", (all) => all.length === 0);
  });

  it("know each other's keys, as in the editor", async () => {
    const loads = 'print(State.load("session", "nothing") or "")\n';
    const session = await start({ files: { ...files, "loads.lua": loads }, capabilities: PULL });
    const { items } = await session.connection.sendRequest<WorkspaceDiagnosticReport>(
      "workspace/diagnostic",
      { previousResultIds: [] },
    );
    const about = (path: string) => items.find(({ uri }) => uri === session.uri(path));
    expect(about("loads.lua")).toMatchObject({ items: [{ code: "unknown-key" }] });
    expect(about("reader.lua")).toMatchObject({ items: [] });
    expect(items.filter(({ uri }) => /state\/ours|built/.test(uri))).toEqual([]);
  });

  it("are what they are in the editor while they are open, and again what they are on disk", async () => {
    const session = await start({ files });
    await session.diagnostics("bad.lua", (all) => all.length > 0);
    const { textDocument } = await session.open("bad.lua", "local x = 1\n");
    await session.diagnostics("bad.lua", (all) => all.length === 0);
    await session.connection.sendNotification("textDocument/didClose", { textDocument });
    const again = await session.diagnostics("bad.lua", (all) => all.length > 0);
    expect(again).toMatchObject([{ code: "unknown-member" }]);
  });

  it("are told to a client that asks, which then waits for what changes", async () => {
    const session = await start({ files, capabilities: PULL });
    const ask = (previousResultIds: { uri: string; value: string }[]) =>
      session.connection.sendRequest<WorkspaceDiagnosticReport>("workspace/diagnostic", {
        identifier: "llmspell-state",
        previousResultIds,
      });
    const { items } = await ask([]);
    const bad = items.find(({ uri }) => uri === session.uri("bad.lua"));
    expect(bad).toMatchObject({ kind: "full", items: [{ code: "unknown-member" }] });
    const known = items.map(({ uri, resultId = "" }) => ({ uri, value: resultId }));
    const next = ask(known);
    writeFileSync(join(session.folder, "bad.lua"), "local x = 1\n");
    expect((await next).items.filter(({ kind }) => kind === "full")).toMatchObject([
      { uri: session.uri("bad.lua"), items: [] },
    ]);
    const gone = ask(known);
    rmSync(join(session.folder, "bad.lua"));
    expect(JSON.stringify((await gone).items)).toContain(session.uri("bad.lua"));
  });

  it("are left alone where that is wanted", async () => {
    const session = await start({ files, options: { workspaceDiagnostics: "off" } });
    await session.open("a.lua", "State.get()");
    await session.diagnostics("a.lua", (all) => all.length > 0);
    const answer = await session.connection.sendRequest("workspace/diagnostic", {
      previousResultIds: [],
    });
    expect(answer).toEqual({ items: [] });
  });
});

describe("llmspell.toml in the editor", () => {
  it("is judged as it stands, before it is saved, and as it is on disk when closed", async () => {
    const session = await start({ files: { "llmspell.toml": "[state]\n" } });
    const text = '[state]\nbackup_enable = true\nbackend = "dsk"\n';
    const { textDocument } = await session.open("llmspell.toml", text, "toml");
    const found = await session.diagnostics("llmspell.toml", (all) => all.length === 2);
    expect(found.map(({ code }) => code)).toEqual(["config-unknown-key", "config-value"]);
    await session.connection.sendNotification("textDocument/didClose", { textDocument });
    await session.diagnostics("llmspell.toml", (all) => all.length === 0);
  });

  it("is asked for as scripts are, and once only", async () => {
    const session = await start({
      capabilities: PULL,
      files: { "llmspell.toml": "[state]\nx = 1\n" },
    });
    await session.diagnostics("llmspell.toml", (found) => found.length === 1);
    await session.open("llmspell.toml", "[state]\nx = 1\n", "toml");
    await session.diagnostics("llmspell.toml", (found) => found.length === 0);
    expect(await pulledRules(session, "llmspell.toml")).toEqual(["config-unknown-key"]);
  });

  it("obeys the severity that is set for its own rules", async () => {
    const session = await start({
      files: { "llmspell.toml": '[state]\nx = 1\nrules.config-unknown-key = "hint"\n' },
    });
    const [found] = await session.diagnostics("llmspell.toml", (all) => all.length === 1);
    expect(found).toMatchObject({ code: "config-unknown-key", severity: 4 });
  });

  it("completes and explains", async () => {
    const session = await start();
    const params = await session.open("llmspell.toml", "[state]\nback‸\n", "toml");
    const list: { items: { label: string; textEdit: { newText: string } }[] } =
      await session.connection.sendRequest("textDocument/completion", params);
    const item = list.items.find(({ label }) => label === "backup_enabled");
    expect(item?.textEdit).toMatchObject({
      newText: "backup_enabled = ",
      range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } },
    });
    expect(await session.hover("llmspell.toml", "[state]\nhistory_li‸mit = 3")).toContain(
      "Here: `3`",
    );
  });

  it("mends a slip by a quick fix", async () => {
    const session = await start({ files: { "llmspell.toml": "[state]\n" } });
    const [fix] = await actions(session, "llmspell.toml", "[state]\nbackup_ena‸ble = true\n");
    expect(fix).toMatchObject({ title: "Change to backup_enabled", isPreferred: true });
    expect(fix?.edit?.changes?.[session.uri("llmspell.toml")]).toMatchObject([
      { newText: "backup_enabled" },
    ]);
    const [value] = await actions(session, "llmspell.toml", '[state]\nbackend = "ds‸k"\n');
    expect(value?.title).toBe('Change to "disk"');
  });

  it("hints at pending migrations and offers a preview; an older version is an information", async () => {
    const session = await start({
      files: {
        "llmspell.toml": '[state]\nschema_version = "1.0.0"\n',
        "migrations/1.0.0__1.1.0.toml": "",
        "migrations/1.1.0__2.0.0.toml": "",
      },
      options: { commandLinks: true },
    });
    const store = await session.store();
    await session.ask(writeRequest, { store, namespace: "a", key: "b", value: "1" });
    const ahead = '[state]\nschema_version = "2.0‸.0"\n';
    const found = await actions(session, "llmspell.toml", ahead);
    expect(found).toMatchObject([
      {
        command: {
          command: "llmspellState.previewMigration",
          arguments: [{ store, version: "2.0.0" }],
        },
      },
    ]);
    const [hint] = await session.diagnostics("llmspell.toml", (all) => all.length > 0);
    expect(hint).toMatchObject({
      severity: 4,
      message: expect.stringContaining("2 migrations to go"),
      range: { start: { line: 1, character: 17 } },
    });
    const textDocument = { uri: session.uri("llmspell.toml") };
    expect(
      await session.connection.sendRequest(CodeLensRequest.type, { textDocument }),
    ).toMatchObject([
      {
        range: { start: { line: 1 } },
        command: {
          title: "2 migrations to go: preview and apply",
          command: "llmspellState.previewMigration",
          arguments: [{ store, version: "2.0.0" }],
        },
      },
    ]);
    await session.open("llmspell.toml", '[state]\nschema_version = "3.0.0"\n', "toml");
    expect(
      await session.connection.sendRequest(CodeLensRequest.type, { textDocument }),
    ).toMatchObject([{ command: { title: "No migrations lead to 3.0.0: show why" } }]);
    await session.open("llmspell.toml", '[state]\nschema_version = "0.9.0"\n', "toml");
    expect(await session.connection.sendRequest(CodeLensRequest.type, { textDocument })).toBeNull();
    const [information] = await session.diagnostics("llmspell.toml", (all) => all.length > 0);
    expect(information).toMatchObject({ severity: 3, code: "schema-version" });
  });
});

describe("actions in a script", () => {
  it("rename a key in scripts and data, where the client asks for that", async () => {
    const keys = ["profile_mail", "profile_name", "profile_age"];
    const text = keys.map((key) => `State.load("user", "${key}")\n`).join("");
    const marked = text.replace("_name", "_na‸me");
    const ours = await start({ options: { commandLinks: true } });
    const store = await ours.store();
    expect(await actions(ours, "a.lua", marked)).toContainEqual(
      expect.objectContaining({
        kind: "quickfix",
        command: {
          title: expect.stringContaining("in scripts and stored data"),
          command: "llmspellState.renameKey",
          arguments: [{ store, namespace: "user", key: "profile_name", to: "profile:name" }],
        },
      }),
    );
    const others = await actions(await start(), "a.lua", marked);
    expect(others.filter(({ title }) => title.includes("Rename"))).toEqual([]);
  });

  it("fix all that is safe, when asked for", async () => {
    const session = await start();
    const text =
      "local a = 1\n-- llmspell-state-disable-next-line vague-key: old\nlocal b = a\n" +
      "-- llmspell-state-disable-next-line flat-key: old\nprint(b)‸\n";
    const found = await actions(session, "a.lua", text, ["source.fixAll"]);
    expect(found).toMatchObject([{ kind: "source.fixAll.llmspell-state" }]);
    const edits = found[0]?.edit?.changes?.[session.uri("a.lua")] ?? [];
    const document = TextDocument.create("", "", 0, text.replace("‸", ""));
    expect(TextDocument.applyEdits(document, edits)).toBe("local a = 1\nlocal b = a\nprint(b)\n");
    const offered = await actions(session, "a.lua", text);
    expect(offered.some(({ kind }) => kind?.startsWith("source"))).toBe(false);
  });

  it("switch a feature on in the configuration file, leaving its comments", async () => {
    const toml = "# mine\n[state] # ours\npath = './state'\n";
    const session = await start({ files: { "llmspell.toml": toml } });
    const found = await actions(session, "a.lua", "State.create_ba‸ckup(false)\n");
    const fix = found.find(({ title }) => title === "Set backup_enabled = true in llmspell.toml");
    expect(fix?.edit?.changes).toEqual({
      [session.uri("llmspell.toml")]: [
        {
          range: { start: { line: 1, character: 14 }, end: { line: 1, character: 14 } },
          newText: "\nbackup_enabled = true",
        },
      ],
    });
    expect(readFileSync(join(session.folder, "llmspell.toml"), "utf8")).toBe(toml);
  });

  it("open a rule's page, where the client can", async () => {
    const session = await start({ capabilities: { window: { showDocument: { support: true } } } });
    const found = await actions(session, "a.lua", "State.g‸et()");
    const page = found.find(({ title }) => title === "About the rule unknown-member");
    const shown = new Promise((resolve) => {
      session.connection.onRequest("window/showDocument", (params) => {
        resolve(params);
        return { success: true };
      });
    });
    await session.connection.sendRequest("workspace/executeCommand", page?.command);
    expect(await shown).toMatchObject({
      uri: expect.stringMatching(/docs\/rules\/unknown-member\.md$/),
      external: true,
    });
  });

  it("silence a rule with a reason", async () => {
    const session = await start();
    const found = await actions(session, "a.lua", "State.g‸et()");
    const silence = found.find(({ title }) => title.startsWith("Silence unknown-member"));
    expect(silence?.edit?.changes?.[session.uri("a.lua")]).toMatchObject([
      { newText: "-- llmspell-state-disable-next-line unknown-member: reason\n" },
    ]);
  });
});

describe("data of another process", () => {
  it("is heeded in what is open", async () => {
    const session = await start();
    await session.open("a.lua", 'local n = State.load("user", "nmae") or ""');
    await session.diagnostics("a.lua");
    cli(session.folder, "set", "user", "name", '"Ada"');
    await session.diagnostics("a.lua", (all) => all.some(({ code }) => code === "unknown-key"));
  });
});
