import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cli, EditorWindow } from "./window.ts";

let window: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open({
    prepare: (folder) => {
      writeFileSync(join(folder, "llmspell.toml"), "[state]\nmax_backups = 2\n");
      // Each new backup lets too many old ones go; not with this file.
      writeFileSync(join(folder, "roomy.toml"), "[state]\nmax_backups = 100\n");
      cli(folder, "set", "user", "theme", '"dark"');
      cli(folder, "set", "chat", "topic", '"engines"');
      cli(folder, "backup", "create");
    },
  });
  await window.openSidebar();
  await window.row("Backups", "2 entries").waitFor({ timeout: 30_000 });
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

/** Rows of backups that were asked for; those made for safety say before what. */
const asked = () => window.row("Backups", /entr|changed/);
const full = () => window.row("Backups", /entr/);
const stored = (namespace: string, key: string) =>
  JSON.parse(window.cli("--json", "get", namespace, key)).value;

test("an incremental backup holds what changed since the full one", async () => {
  window.cli("set", "user", "theme", '"light"');
  await window.command("LLMSpell State: Create Incremental Backup");
  await window.row("Backups", "1 changed").waitFor({ timeout: 20_000 });
  expect(await full().getAttribute("aria-level")).toBe("1");
  expect(await window.row("Backups", "1 changed").getAttribute("aria-level")).toBe("2");
});

test("a backup that was verified is marked", async () => {
  await window.choose(full(), "Verify Backup");
  await full().locator(".codicon-verified").waitFor({ timeout: 20_000 });
  await window.notification(/^The backup of \w+ \d+, .* is whole/).waitFor();
});

test("two backups, and a backup and now, are compared", async () => {
  window.cli("set", "chat", "topic", '"poetry"');
  await window.choose(full(), "Compare Backup with Now");
  await window.line("@@ chat / topic @@").waitFor({ timeout: 20_000 });
  await window.line("@@ user / theme @@").waitFor();
  await window.choose(full(), "Compare Backup with Another");
  await window.picked("incremental").click();
  await window.line("Entries that differ: 1.").waitFor({ timeout: 20_000 });
  await window.line('+ "light"').waitFor();
  await window.picture("21-backups-compared");
  await window.pictureInContrast("21-backups-compared");
});

test("a part of a backup is restored, and the rest stays", async () => {
  await window.choose(full(), "Restore a Part");
  await window.picked("chat").click({ timeout: 20_000 });
  await window.page.getByText("1 Selected").waitFor();
  await window.page.getByRole("button", { name: "OK", exact: true }).click();
  await window.dialog().getByText("Restore chat from the backup of").waitFor({ timeout: 20_000 });
  await window.dialog().getByRole("button", { name: "Restore" }).click();
  await expect.poll(() => stored("chat", "topic"), { timeout: 20_000 }).toBe("engines");
  expect(stored("user", "theme")).toBe("light");
});

test("numbers have their course drawn above their history, and told in words", async () => {
  for (const visits of [3, 5, 4, 12]) window.cli("set", "stats", "visits", String(visits));
  await window.row("State", "stats").click();
  await window.choose(window.row("State", "visits"), "Show History");
  await window.page.getByText("▁▃▂█ 4 numbers from 3 to 12").waitFor({ timeout: 20_000 });
  await window.picked("12 (+8)").waitFor();
  await window.picture("27-history-of-numbers");
  await window.page.keyboard.press("Escape");
});

test("state is exported to a file, and taken in again after showing what would change", async () => {
  await window.command("LLMSpell State: Export Entries");
  await window.chooseFile("Export Entries", join(window.folder, "kept.jsonl"));
  const exported = window.notification("Exported 3 entries to kept.jsonl");
  await exported.waitFor({ timeout: 20_000 });
  expect(window.read("kept.jsonl").trim().split("\n")).toHaveLength(3);
  await window.press(exported.getByRole("button", { name: "Clear Notification" }));
  window.cli("set", "stats", "visits", "99");
  window.cli("rm", "chat", "topic");
  await window.command("LLMSpell State: Import Entries");
  await window.chooseFile("Import Entries", join(window.folder, "kept.jsonl"));
  await window.dialog().getByText("Entries that change: 2.").waitFor({ timeout: 20_000 });
  await window.line("@@ stats / visits @@").waitFor();
  await window.picture("28-import-preview");
  await window.dialog().getByRole("button", { name: "Import" }).click();
  const taken = window.notification("Imported kept.jsonl, which changed 2 entries.");
  await taken.getByText(/What was there before is in the backup of/).waitFor({ timeout: 20_000 });
  expect(stored("stats", "visits")).toBe(12);
  expect(stored("chat", "topic")).toBe("engines");
  await window.press(taken.getByRole("button", { name: "Clear Notification" }));
});

test("a backup is exported to a folder, and comes back from there", async () => {
  const elsewhere = join(window.folder, "elsewhere");
  rmSync(elsewhere, { recursive: true, force: true });
  mkdirSync(elsewhere);
  await window.choose(window.row("Backups", "before").first(), "Export Backup");
  await window.chooseFile("Folder for the Backup", `${elsewhere}/`);
  await expect.poll(() => readdirSync(elsewhere).length, { timeout: 20_000 }).toBe(2);
  const [manifest = ""] = readdirSync(elsewhere).filter((name) => name.endsWith(".json"));
  window.cli("backup", "delete", manifest.replace(".json", ""));
  await window.command("LLMSpell State: Import Backup");
  await window.chooseFile("File of the Backup", join(elsewhere, manifest));
  const back = () => existsSync(join(window.folder, "state/backups", manifest));
  await expect.poll(back, { timeout: 20_000 }).toBe(true);
});

test("the item in the status bar offers what can be done", async () => {
  await window.page.locator(".statusbar-item", { hasText: "3 entries" }).click();
  await window.picked("Restore Backup…").waitFor();
  await window.picture("29-menu");
  await window.picked("Show Overview").click();
  await window.page.locator(".tab.active", { hasText: "State Overview" }).waitFor();
});

test("old backups are named before they are deleted", async () => {
  for (const theme of ["a", "b", "c"]) {
    window.cli("set", "user", "theme", `"${theme}"`);
    window.cli("--config", "roomy.toml", "backup", "create");
  }
  await window.command("LLMSpell State: Remove Old Backups");
  await window.dialog().getByText("This frees").waitFor({ timeout: 20_000 });
  await window.picture("22-prune");
  await window.dialog().getByRole("button", { name: "Delete" }).click();
  await expect.poll(() => asked().count(), { timeout: 20_000 }).toBe(2);
  // Those that restoring made are counted apart.
  expect(await window.row("Backups", "before restoring").count()).toBeLessThanOrEqual(2);
});

test("limits are changed after naming what is beyond them, and comments stay", async () => {
  window.write("llmspell.toml", "# ours\n[state]\nmax_backups = 9 # enough\n");
  await window.pane("Backups").getByText("kept 30 days, at most 9").waitFor({ timeout: 20_000 });
  await window.command("LLMSpell State: Change Backup Limits");
  await window.typeInto("Backup Limits (1/2)", "some");
  await window.page.locator(".quick-input-widget", { hasText: "A whole number" }).waitFor();
  await window.picture("20-backup-limits");
  await window.typeInto("Backup Limits (1/2)", "7");
  await window.answer();
  await window.page.locator(".quick-input-widget", { hasText: "(2/2)" }).waitFor();
  await window.answer("1");
  await window
    .dialog()
    .getByText("Backups are then kept 7 days, at most 1.")
    .waitFor({ timeout: 20_000 });
  await window.picture("20-backup-limits-question");
  await window.pictureInContrast("20-backup-limits-question");
  await window.dialog().getByRole("button", { name: "Save and Delete Now" }).click();
  await window.pane("Backups").getByText("kept 7 days, at most 1").waitFor({ timeout: 20_000 });
  await expect.poll(() => asked().count()).toBe(1);
  expect(window.read("llmspell.toml")).toBe(
    "# ours\n[state]\nbackup_retention_days = 7\nmax_backups = 1 # enough\n",
  );
});

test("a backup that was tampered with is marked and not restored, and the others are a click away", async () => {
  await window.command("Notifications: Clear All Notifications");
  const { id } = JSON.parse(window.cli("--json", "backup", "create"));
  const data = `state/backups/${id}.jsonl.zst`;
  const bytes = readFileSync(join(window.folder, data));
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  window.write(data, bytes);
  window.cli("set", "user", "theme", '"after"');
  await window.choose(asked().first(), "Verify Backup");
  await asked().first().locator(".codicon-error").waitFor({ timeout: 20_000 });
  await window.notification("is damaged").getByRole("button", { name: "Create Backup" }).waitFor();
  await window.command("Notifications: Clear All Notifications");
  await window.choose(asked().first(), "Restore Backup…");
  // Of so many messages within a second VS Code shows the last ones in the list only.
  await window.command("Notifications: Show Notifications");
  const refused = window.page.locator(".notifications-center .notification-list-item", {
    hasText: "Nothing was changed. Restore another one",
  });
  await window.press(refused.getByRole("button", { name: "Show Backups" }));
  expect(stored("user", "theme")).toBe("after");
});
