import { writeFileSync } from "node:fs";
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

const full = () => window.row("Backups", "full");
const stored = (namespace: string, key: string) =>
  JSON.parse(window.cli("--json", "get", namespace, key)).value;

test("an incremental backup holds what changed since the full one", async () => {
  window.cli("set", "user", "theme", '"light"');
  await window.command("LLMSpell State: Create Incremental Backup");
  await window.row("Backups", /1 entry.*incremental/).waitFor({ timeout: 20_000 });
});

test("a backup that was verified is marked", async () => {
  await window.choose(full(), "Verify Backup");
  await full().locator(".codicon-verified").waitFor({ timeout: 20_000 });
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
});

test("a part of a backup is restored, and the rest stays", async () => {
  await window.choose(full(), "Restore a Part");
  await window.picked("chat").click({ timeout: 20_000 });
  await window.page.getByText("1 Selected").waitFor();
  await window.page.getByRole("button", { name: "OK", exact: true }).click();
  await window.dialog().getByText("Restore chat from").waitFor({ timeout: 20_000 });
  await window.dialog().getByRole("button", { name: "Restore" }).click();
  await expect.poll(() => stored("chat", "topic"), { timeout: 20_000 }).toBe("engines");
  expect(stored("user", "theme")).toBe("light");
});

test("old backups are named before they are deleted", async () => {
  for (const theme of ["a", "b", "c"]) {
    window.cli("set", "user", "theme", `"${theme}"`);
    window.cli("--config", "roomy.toml", "backup", "create");
  }
  await window.command("LLMSpell State: Remove Old Backups");
  await window.dialog().getByText("become free").waitFor({ timeout: 20_000 });
  await window.picture("22-prune");
  await window.dialog().getByRole("button", { name: "Delete" }).click();
  await expect
    .poll(() => window.row("Backups", /full|incremental/).count(), { timeout: 20_000 })
    .toBe(2);
});
