import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import type { CodeAction, TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver-protocol";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Problem } from "../../shared/src/errors.ts";
import {
  backupsRequest,
  type Change,
  type ChangedParams,
  createBackupRequest,
  deleteBackupRequest,
  deleteRequest,
  diffBackupRequest,
  entriesRequest,
  historyRequest,
  namespacesRequest,
  planRetentionRequest,
  pruneBackupsRequest,
  type RetentionPlan,
  readRequest,
  restoreBackupRequest,
  runScriptRequest,
  type ScriptOutput,
  storesRequest,
  undoRequest,
  verifyBackupRequest,
  writeRequest,
} from "../../shared/src/protocol.ts";
import { cli } from "./cli.ts";
import { useSessions } from "./start.ts";

const start = useSessions();

async function problemOf(answer: Promise<unknown>): Promise<Problem> {
  try {
    await answer;
  } catch (error) {
    return (error as { data: Problem }).data;
  }
  throw new Error("The request was answered.");
}

/** `text` as a plan leaves it. */
function editedText({ edit }: RetentionPlan, text: string): string {
  const { documentChanges = [] } = edit as WorkspaceEdit;
  const { edits } = documentChanges.at(-1) as TextDocumentEdit;
  return TextDocument.applyEdits(TextDocument.create("", "toml", 0, text), edits as []);
}

describe("the server's process", () => {
  const server = join(import.meta.dirname, "../../dist/server.cjs");

  it("says how it is started when no transport is named", () => {
    const { status, stderr } = spawnSync(process.execPath, [server], { encoding: "utf8" });
    expect(status).toBe(2);
    expect(stderr).toContain("--stdio");
  });

  it("answers initialize from a bare --stdio start", async () => {
    const { initialized } = await start();
    expect(initialized.serverInfo?.name).toBe("llmspell-state");
    expect(initialized.capabilities.hoverProvider).toBe(true);
    expect(initialized.capabilities.completionProvider?.resolveProvider).toBe(true);
    expect(initialized.capabilities.executeCommandProvider?.commands).toContain(
      "llmspellState.server.createBackup",
    );
  });

  it("has a line in docs/editors.md for every command", async () => {
    const page = readFileSync(join(import.meta.dirname, "../../docs/editors.md"), "utf8");
    const { initialized } = await start();
    const commands = initialized.capabilities.executeCommandProvider?.commands ?? [];
    const names = commands.map((command) => command.replace("llmspellState.server.", ""));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it("creates nothing by looking", async () => {
    const session = await start();
    const store = await session.store();
    expect(await session.ask(namespacesRequest, { store })).toEqual([]);
    expect(await session.ask(readRequest, { store, namespace: "a", key: "b" })).toBeNull();
    await session.completion("a.lua", 'State.load("user", "‸")');
    expect(existsSync(join(session.folder, "state"))).toBe(false);
  });
});

describe("a script with stored data", () => {
  it("completes stored namespaces and keys, and hovers show the value", async () => {
    const session = await start();
    cli(session.folder, "set", "user", "preferences", '{"theme":"dark","language":"en"}');
    cli(session.folder, "set", "user", "profile:7", '"Ada"');

    const keys = await session.completion("a.lua", 'State.load("user", "‸")');
    expect(keys.items.map(({ label }) => label)).toEqual(
      expect.arrayContaining(["preferences", expect.stringMatching(/^profile:/)]),
    );
    const namespaces = await session.completion("a.lua", 'State.load("‸")');
    expect(namespaces.items.map(({ label }) => label)).toContain("user");
    const members = await session.completion("a.lua", "State.‸");
    expect(members.items.map(({ label }) => label)).toEqual(
      expect.arrayContaining(["save", "load", "delete", "list_keys"]),
    );

    const hover = await session.hover("a.lua", 'State.load("user", "prefer‸ences")');
    expect(hover).toContain('theme = "dark"');
    expect(await session.hover("a.lua", 'State.load("us‸er", "x")')).toContain("2 keys");
  });

  it("resolves a key's documentation only when it is asked for", async () => {
    const session = await start();
    cli(session.folder, "set", "user", "name", '"Ada"');
    const { items } = await session.completion("a.lua", 'State.load("user", "‸")');
    const item = items.find(({ label }) => label === "name");
    expect(item?.documentation).toBeUndefined();
    const resolved = await session.connection.sendRequest("completionItem/resolve", item);
    expect(JSON.stringify(resolved)).toContain("Ada");
  });

  it("masks a sensitive value in hover and read, and reveals it when asked", async () => {
    const session = await start();
    const store = await session.store();
    cli(session.folder, "set", "auth", "api_key", '"sk-1234567890abcdef"');
    expect(await session.hover("a.lua", 'State.load("auth", "api‸_key")')).not.toContain(
      "sk-12345",
    );
    const read = { store, namespace: "auth", key: "api_key" };
    expect(await session.ask(readRequest, read)).toMatchObject({ masked: true });
    expect(JSON.stringify(await session.ask(readRequest, read))).not.toContain("1234567890");
    const revealed = await session.ask(readRequest, { ...read, reveal: true });
    expect(revealed?.value).toContain("sk-1234567890abcdef");
  });

  it("is told what another process changes, and hovers follow", async () => {
    const session = await start();
    const store = await session.store();
    const changed = session.notification("llmspellState/changed", (params: ChangedParams) =>
      params.changes.find(({ key }) => key === "name"),
    );
    cli(session.folder, "set", "user", "name", '"Ada"');
    const change: Change = await changed;
    expect(change).toMatchObject({ op: "save", namespace: "user", key: "name" });
    expect(change).not.toHaveProperty("value");
    expect(await session.hover("a.lua", 'State.load("user", "na‸me")')).toContain("Ada");
    const again = session.notification("llmspellState/changed", (params: ChangedParams) =>
      params.changes.find(({ op }) => op === "delete"),
    );
    cli(session.folder, "rm", "user", "name");
    expect(await again).toMatchObject({ namespace: "user", key: "name" });
    expect(await session.ask(namespacesRequest, { store })).toEqual([]);
  });

  it("pages through a namespace", async () => {
    const session = await start();
    const store = await session.store();
    for (let n = 0; n < 7; n++) {
      await session.ask(writeRequest, { store, namespace: "a", key: `k${n}`, value: `${n}` });
    }
    const first = await session.ask(entriesRequest, { store, namespace: "a", limit: 5 });
    expect(first.entries.map(({ key }) => key)).toEqual(["k0", "k1", "k2", "k3", "k4"]);
    expect(first.entries[0]).toMatchObject({ type: "integer", preview: "0" });
    const after = first.next as string;
    const second = await session.ask(entriesRequest, { store, namespace: "a", limit: 5, after });
    expect(second.entries.map(({ key }) => key)).toEqual(["k5", "k6"]);
    expect(second.next).toBeUndefined();
  });
});

describe("diagnostics", () => {
  it("name the rule, link its page and follow the text", async () => {
    const session = await start();
    await session.open("a.lua", 'local v = State.get("user", "name")');
    const [finding] = await session.diagnostics("a.lua", (found) => found.length > 0);
    expect(finding).toMatchObject({
      source: "llmspell-state",
      code: "unknown-member",
      severity: 1,
      range: { start: { line: 0, character: 16 }, end: { line: 0, character: 19 } },
    });
    expect(finding?.codeDescription?.href).toMatch(/\/docs\/rules\/unknown-member\.md$/);
    await session.open("a.lua", 'local v = State.load("user", "name")');
    const after = await session.diagnostics("a.lua");
    expect(after.map(({ code }) => code)).not.toContain("unknown-member");
  });

  it("obey [state.rules] and follow its changes", async () => {
    const session = await start({ files: { "llmspell.toml": "[state]\n" } });
    await session.open("a.lua", "State.get()");
    await session.diagnostics("a.lua", (found) => found.some(({ severity }) => severity === 1));
    writeFileSync(
      join(session.folder, "llmspell.toml"),
      '[state]\n[state.rules]\nunknown-member = "hint"\n',
    );
    await session.diagnostics("a.lua", (found) => found.some(({ severity }) => severity === 4));
  });
});

describe("a broken configuration", () => {
  it("is one error at its place; nothing is opened on a guess, and mending it is enough", async () => {
    const session = await start({ files: { "llmspell.toml": "[state]\nenabled = \n" } });
    const [problem] = await session.diagnostics("llmspell.toml", (found) => found.length > 0);
    expect(problem).toMatchObject({ code: "config-syntax", severity: 1 });
    expect(problem?.range.start.line).toBe(1);
    const [store] = await session.ask(storesRequest, {});
    expect(store?.problem?.code).toBe("config-syntax");
    const refused = session.ask(writeRequest, {
      store: store?.store ?? "",
      namespace: "a",
      key: "b",
      value: "1",
    });
    expect((await problemOf(refused)).code).toBe("config-syntax");
    expect(existsSync(join(session.folder, "state"))).toBe(false);

    const told = session.notification("llmspellState/storesChanged", () => true);
    writeFileSync(join(session.folder, "llmspell.toml"), "[state]\nenabled = true\n");
    await told;
    // What was told may still have been of the opening.
    const [mended] = await session.eventuallyAsk(
      () => session.ask(storesRequest, {}),
      ([info]) => info?.problem === undefined,
    );
    expect(mended?.exists).toBe(false);
    expect(await session.diagnostics("llmspell.toml", (found) => found.length === 0)).toEqual([]);
  });

  it("that appears while scripts are open is noticed", async () => {
    const session = await start();
    await session.store();
    writeFileSync(join(session.folder, "llmspell.toml"), "[state]\nbackend = 7\n");
    const [problem] = await session.diagnostics("llmspell.toml", (found) => found.length > 0);
    expect(problem).toMatchObject({ code: "config-value" });
  });
});

describe("a configuration that moves the state", () => {
  it("says that the old store is still there", async () => {
    const session = await start({ files: { "llmspell.toml": "[state]\n" } });
    const store = await session.store();
    await session.ask(writeRequest, { store, namespace: "a", key: "b", value: "1" });
    const warned = session.notification("window/showMessage", ({ message }: { message: string }) =>
      message.includes(join(session.folder, "state")) ? message : undefined,
    );
    writeFileSync(join(session.folder, "llmspell.toml"), '[state]\npath = "./elsewhere"\n');
    expect(await warned).toContain("elsewhere");
    expect(await session.ask(namespacesRequest, { store })).toEqual([]);
    expect(existsSync(join(session.folder, "elsewhere"))).toBe(false);
  });
});

describe("folders that come and go", () => {
  it("have a store each", async () => {
    const session = await start();
    const first = await session.store();
    const folder = join(session.folder, "second");
    mkdirSync(folder);
    cli(folder, "set", "a", "b", "2");
    const told = session.notification("llmspellState/storesChanged", () => true);
    const second = { uri: session.uri("second"), name: "second" };
    await session.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
      event: { added: [second], removed: [] },
    });
    await told;
    const stores = await session.ask(storesRequest, {});
    expect(stores.map(({ name }) => name)).toEqual(["workspace", "second"]);
    const inner = stores[1]?.store ?? "";
    const entry = { namespace: "a", key: "b" };
    expect(await session.ask(readRequest, { ...entry, store: inner })).toMatchObject({
      value: "2",
    });
    expect(await session.ask(readRequest, { ...entry, store: first })).toBeNull();
    expect(await session.hover("second/x.lua", 'State.load("a", "‸b")')).toContain("2");

    const gone = session.notification("llmspellState/storesChanged", () => true);
    await session.connection.sendNotification("workspace/didChangeWorkspaceFolders", {
      event: { added: [], removed: [second] },
    });
    await gone;
    const refused = session.ask(readRequest, { ...entry, store: inner });
    expect((await problemOf(refused)).code).toBe("unknown-store");
  });
});

describe("a corrupt database", () => {
  it("is named with the next step, and the server goes on", async () => {
    const session = await start();
    const store = await session.store();
    await session.ask(writeRequest, { store, namespace: "a", key: "b", value: "1" });
    await session.stop();
    const other = await start({
      files: { "state/state.db": "this is not a database, whatever its name says\n".repeat(200) },
    });
    const [info] = await other.ask(storesRequest, {});
    expect(info?.problem?.code).toBe("corrupt-store");
    expect(info?.problem?.message).toContain("state.db");
    expect(info?.problem?.next).not.toBe("");
    expect(await other.hover("a.lua", 'State.load("a", "‸b")')).toBeNull();
    expect((await other.completion("a.lua", "State.‸"))?.items.length).toBeGreaterThan(0);
  });
});

describe("writing", () => {
  it("refuses an edit of a value that moved on", async () => {
    const session = await start();
    const store = await session.store();
    const entry = { store, namespace: "user", key: "name" };
    const { revision } = await session.ask(writeRequest, { ...entry, value: '"Ada"' });
    cli(session.folder, "set", "user", "name", '"Grace"');
    const late = session.ask(writeRequest, { ...entry, value: '"Eve"', ifRevision: revision });
    expect((await problemOf(late)).code).toBe("conflict");
    expect((await session.ask(readRequest, entry))?.value).toBe('"Grace"');
  });

  it("deletes, and a missing key is no error", async () => {
    const session = await start();
    const store = await session.store();
    const entry = { store, namespace: "user", key: "name" };
    await session.ask(writeRequest, { ...entry, value: "1" });
    expect(await session.ask(deleteRequest, entry)).toMatchObject({ revision: 2 });
    expect(await session.ask(deleteRequest, entry)).toBeNull();
  });

  it("says which value cannot be stored, and stores nothing", async () => {
    const session = await start();
    const store = await session.store();
    const bad = session.ask(writeRequest, {
      store,
      namespace: "a",
      key: "b",
      value: '{"items":[1,null]}',
    });
    const problem = await problemOf(bad);
    expect(problem.code).toBe("invalid-value");
    expect(problem.message).toContain("value.items[2]");
    expect(existsSync(join(session.folder, "state"))).toBe(false);
  });
});

describe("backups", () => {
  it("bring the old value back, after a safety backup", async () => {
    const session = await start();
    const store = await session.store();
    const entry = { store, namespace: "user", key: "name" };
    await session.ask(writeRequest, { ...entry, value: '"Ada"' });
    const { id, kind, entries } = await session.ask(createBackupRequest, { store });
    expect({ kind, entries }).toEqual({ kind: "full", entries: 1 });
    await session.ask(writeRequest, { ...entry, value: '"Grace"' });

    const diff = await session.ask(diffBackupRequest, { store, id });
    expect(diff).toMatchObject({
      total: 1,
      changes: [{ op: "save", namespace: "user", key: "name", before: '"Grace"', after: '"Ada"' }],
    });
    expect(await session.ask(verifyBackupRequest, { store, id })).toEqual({
      isValid: true,
      errors: [],
    });
    const restored = await session.ask(restoreBackupRequest, { store, id });
    expect(restored).toMatchObject({ entriesRestored: 1, changed: 1 });
    expect((await session.ask(readRequest, entry))?.value).toBe('"Ada"');

    const back = { store, id: restored.safetyBackupId ?? "" };
    await session.ask(restoreBackupRequest, back);
    expect((await session.ask(readRequest, entry))?.value).toBe('"Grace"');
  });

  it("are refused when tampered with, and the state stays", async () => {
    const session = await start();
    const store = await session.store();
    const entry = { store, namespace: "user", key: "name" };
    await session.ask(writeRequest, { ...entry, value: '"Ada"' });
    const { id } = await session.ask(createBackupRequest, { store });
    await session.ask(writeRequest, { ...entry, value: '"Grace"' });
    const manifest = join(session.folder, "state/backups", `${id}.json`);
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"entries": 1', '"entries": 2'));
    const refused = await problemOf(session.ask(restoreBackupRequest, { store, id }));
    expect(refused.code).toBe("damaged-backup");
    expect((await session.ask(readRequest, entry))?.value).toBe('"Grace"');
  });

  it("hold only changes when incremental, and go when they are too many", async () => {
    const session = await start();
    const store = await session.store();
    const write = (key: string) =>
      session.ask(writeRequest, { store, namespace: "user", key, value: "1" });
    await write("a");
    const full = await session.ask(createBackupRequest, { store });
    await write("b");
    const next = await session.ask(createBackupRequest, { store, incremental: true });
    expect(next).toMatchObject({ kind: "incremental", parentId: full.id, entries: 1 });
    const parent = session.ask(deleteBackupRequest, { store, id: full.id });
    expect((await problemOf(parent)).code).toBe("backup-has-children");
    await session.ask(createBackupRequest, { store });
    const limits = { store, count: 1, days: 0 };
    const plan = await session.ask(pruneBackupsRequest, { ...limits, dryRun: true });
    expect(await session.ask(backupsRequest, { store })).toHaveLength(3);
    expect(await session.ask(pruneBackupsRequest, limits)).toEqual(plan);
    const left = await session.ask(backupsRequest, { store });
    expect(left.map(({ id }) => id)).toEqual(plan.retained.toReversed());
  });

  it("have limits, which are changed in the file that says them", async () => {
    const text = "# ours\n[state]\nmax_backups = 3 # few\n";
    const session = await start({ files: { "llmspell.toml": text } });
    const store = await session.store();
    const [info] = await session.ask(storesRequest, {});
    expect(info?.retention).toEqual({ days: 30, count: 3 });
    const plan = await session.ask(planRetentionRequest, { store, days: 7, count: null });
    expect(editedText(plan, text)).toBe("# ours\n[state]\nbackup_retention_days = 7\n# few\n");
    expect(readFileSync(join(session.folder, "llmspell.toml"), "utf8")).toBe(text);
  });

  it("have limits in a new file, which leaves scripts what they may use", async () => {
    const session = await start();
    const store = await session.store();
    const plan = await session.ask(planRetentionRequest, { store, count: 9 });
    expect(plan.uri).toMatch(/\/llmspell\.toml$/);
    expect(parse(editedText(plan, ""))).toEqual({
      state: { max_backups: 9, backup_enabled: true, migration_enabled: true },
    });
    const { documentChanges = [] } = plan.edit as WorkspaceEdit;
    expect(documentChanges[0]).toEqual({ kind: "create", uri: plan.uri });
  });

  it("have limits that are not put where more would have to be changed", async () => {
    const text = "state.max_backups = 3\n";
    const session = await start({ files: { "llmspell.toml": text } });
    const store = await session.store();
    const problem = await problemOf(session.ask(planRetentionRequest, { store, count: null }));
    expect(problem.code).toBe("edit-impossible");
  });

  it("that another process makes are noticed", async () => {
    const session = await start();
    const store = await session.store();
    cli(session.folder, "set", "a", "b", "1");
    const told = session.notification("llmspellState/backupsChanged", () => true);
    cli(session.folder, "backup", "create");
    await told;
    expect(await session.ask(backupsRequest, { store })).toHaveLength(1);
  });

  it("are there for any editor by executeCommand", async () => {
    const session = await start();
    const store = await session.store();
    await session.ask(writeRequest, { store, namespace: "a", key: "b", value: "1" });
    const made = await session.connection.sendRequest("workspace/executeCommand", {
      command: "llmspellState.server.createBackup",
      arguments: [{}],
    });
    expect(made).toMatchObject({ kind: "full", entries: 1 });
  });
});

describe("history", () => {
  it("shows earlier values, masked where sensitive, and brings one back", async () => {
    const session = await start();
    const store = await session.store();
    const entry = { store, namespace: "auth", key: "token" };
    await session.ask(writeRequest, { ...entry, value: '"first-secret"' });
    await session.ask(writeRequest, { ...entry, value: '"second-secret"' });
    await session.ask(deleteRequest, entry);
    const items = await session.ask(historyRequest, entry);
    expect(items.map(({ op }) => op)).toEqual(["delete", "save", "save"]);
    expect(JSON.stringify(items)).not.toContain("secret");
    await session.ask(undoRequest, entry);
    const read = await session.ask(readRequest, { ...entry, reveal: true });
    expect(read?.value).toBe('"second-secret"');
  });
});

describe("quick fixes", () => {
  it("change a member that does not exist into the one that was meant", async () => {
    const session = await start();
    const params = await session.open("a.lua", 'local x = State.lo‸d("user", "name")');
    const actions: CodeAction[] = await session.connection.sendRequest("textDocument/codeAction", {
      textDocument: params.textDocument,
      range: { start: params.position, end: params.position },
      context: { diagnostics: [] },
    });
    const fix = actions.find(({ isPreferred }) => isPreferred === true);
    expect(fix?.diagnostics?.[0]?.code).toBe("unknown-member");
    const edits = fix?.edit?.changes?.[session.uri("a.lua")];
    expect(edits).toEqual([
      {
        range: { start: { line: 0, character: 16 }, end: { line: 0, character: 19 } },
        newText: "load",
      },
    ]);
  });
});

describe("running a script", () => {
  it("streams its output and stores what it saves", async () => {
    const session = await start({
      files: { "a.lua": 'print("hello")\nState.save("user", "name", "Ada")\n' },
    });
    const store = await session.store();
    const said = session.notification("llmspellState/scriptOutput", (params: ScriptOutput) =>
      params.text.includes("hello") ? params : undefined,
    );
    const run = { uri: session.uri("a.lua"), runId: "1" };
    expect(await session.ask(runScriptRequest, run)).toMatchObject({ ok: true, writes: 1 });
    expect((await said).runId).toBe("1");
    const read = await session.ask(readRequest, { store, namespace: "user", key: "name" });
    expect(read).toMatchObject({ value: '"Ada"', origin: "script:a.lua" });
  });

  it("gives an error its file and line", async () => {
    const session = await start({ files: { "a.lua": 'local x = nil\nprint("a")\nx.y = 1\n' } });
    const run = { uri: session.uri("a.lua"), runId: "1" };
    const result = await session.ask(runScriptRequest, run);
    expect(result.ok).toBe(false);
    expect(result.error).toMatchObject({ line: 3, file: join(session.folder, "a.lua") });
    expect(result.error?.traceback).toContain("a.lua:3");
  });

  it("ends a runaway at its limit while hovers are answered", async () => {
    const session = await start({ files: { "a.lua": "while true do pcall(error) end" } });
    const run = { uri: session.uri("a.lua"), runId: "1", timeout: 1500 };
    const running = session.ask(runScriptRequest, run);
    expect(await session.hover("b.lua", "State.sa‸ve()")).toContain("save");
    expect((await running).error?.code).toBe("script-timeout");
  });

  it("can be cancelled", async () => {
    const session = await start({ files: { "a.lua": 'print("on")\nwhile true do end' } });
    const said = session.notification("llmspellState/scriptOutput", () => true);
    const running = session.ask(runScriptRequest, { uri: session.uri("a.lua"), runId: "7" });
    await said;
    await session.connection.sendRequest("llmspellState/cancelScript", { runId: "7" });
    expect((await running).error?.code).toBe("script-cancelled");
  });
});

describe("an untrusted workspace", () => {
  it("looks, and changes and runs nothing", async () => {
    const session = await start({
      files: { "a.lua": 'print("hello")' },
      options: { trusted: false },
    });
    const store = await session.store();
    const run = session.ask(runScriptRequest, { uri: session.uri("a.lua"), runId: "1" });
    expect((await problemOf(run)).code).toBe("untrusted-workspace");
    const write = session.ask(writeRequest, { store, namespace: "a", key: "b", value: "1" });
    expect((await problemOf(write)).code).toBe("untrusted-workspace");
    const backup = session.ask(createBackupRequest, { store });
    expect((await problemOf(backup)).code).toBe("untrusted-workspace");
    expect((await session.completion("b.lua", "State.‸")).items.length).toBeGreaterThan(0);
  });
});

describe("the state folder going away", () => {
  it("reads as empty, and comes back with the next write", async () => {
    const session = await start();
    const store = await session.store();
    const entry = { store, namespace: "a", key: "b" };
    await session.ask(writeRequest, { ...entry, value: "1" });
    rmSync(join(session.folder, "state"), { recursive: true });
    expect(await session.ask(readRequest, entry)).toBeNull();
    await session.ask(writeRequest, { ...entry, value: "2" });
    expect((await session.ask(readRequest, entry))?.value).toBe("2");
  });
});
