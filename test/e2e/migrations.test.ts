import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cli, EditorWindow } from "./window.ts";

let window: EditorWindow;

const configured = (version: string) => `[state]\nschema_version = "${version}"\n`;
/** Raises an error for entries that have no name. */
const PICKY = `return function(entry)
  if entry.namespace == "user" and entry.key == "preferences" then
    error("no language is set")
  end
  return entry
end
`;

beforeAll(async () => {
  window = await EditorWindow.open({
    prepare: (folder) => {
      cli(folder, "set", "user", "name:7", '"Ada"');
      cli(folder, "set", "user", "email:7", '"ada@example.com"');
      cli(folder, "set", "user", "preferences", '{"theme":"dark","font_size":"12"}');
      cli(folder, "set", "data", "item", '{"old_field":"x","n":1.0}');
      writeFileSync(join(folder, "llmspell.toml"), configured("3.0.0"));
      writeFileSync(join(folder, "migrations/3.0.0__3.1.0.lua"), PICKY);
    },
  });
  await window.openSidebar();
  await window.row("State", "user").waitFor({ timeout: 30_000 });
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

const lens = () => window.page.locator(".codelens-decoration a", { hasText: "2 migrations to go" });
const version = () => JSON.parse(window.cli("--json", "schema")).current_version;
const stored = (namespace: string, key: string) =>
  JSON.parse(window.cli("--json", "get", namespace, key)).value;

test("a configuration that is ahead of the state says so where it stands", async () => {
  await window.openFile("llmspell.toml");
  await lens().waitFor({ timeout: 20_000 });
  await window.picture("40-migrations-pending");
});

test("pending migrations are shown with samples before anything happens", async () => {
  await lens().click();
  await window.dialog().getByText("Migrate the state from 1.0.0 to 3.0.0?").waitFor();
  await window.line("user / name:7 → user / profile:7:name").waitFor();
  await window.picture("41-migration-preview");
  await window.pictureInContrast("41-migration-preview");
  expect(version()).toBe("1.0.0");
});

test("they are applied after a backup, and what was there before is one click away", async () => {
  await window.dialog().getByRole("button", { name: "Migrate" }).click();
  const told = window.notification("Migrated to 3.0.0");
  await told.getByText(/What was there before is in the backup of/).waitFor({ timeout: 20_000 });
  await window.row("State", "user").click();
  await window.row("State", "profile").first().waitFor();
  await window.picture("42-migrated");
  expect(version()).toBe("3.0.0");
  expect(stored("user", "profile:7:email")).toBe("ada@example.com");
  await window.press(told.getByRole("button", { name: "Undo…" }));
  await window.dialog().getByRole("button", { name: "Restore" }).click({ timeout: 20_000 });
  await expect.poll(version, { timeout: 20_000 }).toBe("1.0.0");
  expect(stored("user", "name:7")).toBe("Ada");
});

test("a migration in Lua that fails names its file, line and entry, and changes nothing", async () => {
  window.write("llmspell.toml", configured("3.1.0"));
  await expect
    .poll(() => JSON.parse(window.cli("--json", "schema")).configured_version)
    .toBe("3.1.0");
  await window.command("LLMSpell State: Migrate State");
  const failed = window.notification("3.0.0__3.1.0.lua");
  await failed.getByText("user/preferences").waitFor({ timeout: 20_000 });
  await failed.getByText("no language is set").waitFor();
  await window.picture("43-migration-failed");
  expect(version()).toBe("1.0.0");
  await window.press(failed.getByRole("button", { name: "Open migrations/3.0.0__3.1.0.lua" }));
  await window.line('error("no language is set")').waitFor();
  await window.page.getByText("Ln 3, Col 1").waitFor();
});

test("a damaged state is moved aside and its newest backup restored in its place", async () => {
  // As a copy that went wrong: another file, without the log of the one before.
  for (const suffix of ["", "-wal", "-shm"])
    rmSync(join(window.folder, `state/state.db${suffix}`), { force: true });
  window.write("state/state.db", "no database any more ".repeat(500));
  const damaged = window.notification("is damaged");
  await damaged.waitFor({ timeout: 20_000 });
  await window.press(damaged.getByRole("button", { name: "Clear Notification" }));
  // A row that is being drawn anew loses the click.
  await expect
    .poll(
      async () => {
        await window.row("State", /To go back to the backup of/).click();
        return await damaged.waitFor({ timeout: 3_000 }).then(
          () => true,
          () => false,
        );
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  await window.press(damaged.getByRole("button", { name: "Restore Backup…" }));
  await window.dialog().getByText("in place of the damaged state?").waitFor();
  await window.picture("44-damaged-state");
  await window.dialog().getByRole("button", { name: "Move Aside and Restore" }).click();
  await window.notification("The damaged state is kept in state/").waitFor({ timeout: 20_000 });
  expect(stored("user", "profile:7:name")).toBe("Ada");
  await window.row("State", "user").waitFor();
});
