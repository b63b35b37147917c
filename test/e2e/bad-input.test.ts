import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { cli, EditorWindow, type WindowOptions } from "./window.ts";

let window: EditorWindow | undefined;

async function open(options: WindowOptions): Promise<EditorWindow> {
  window = await EditorWindow.open(options);
  await window.openSidebar();
  return window;
}

afterEach(async ({ task }) => {
  await window?.pictureOfFailure(task);
  await window?.close();
  window = undefined;
});

test("a broken llmspell.toml is named with its line, and mending it is enough", async () => {
  const broken = await open({
    prepare: (folder) => writeFileSync(join(folder, "llmspell.toml"), '[state]\npath = "./state\n'),
  });
  const notification = broken.notification("llmspell.toml:2");
  await notification.waitFor({ timeout: 30_000 });
  await broken.row("State", "State cannot be shown").waitFor();
  await broken.pane("Backups").getByText("Backups appear here again").waitFor();
  await broken.press(notification.getByRole("button", { name: "Open llmspell.toml" }));
  await broken.tab("llmspell.toml").waitFor();
  await broken.page.locator(".squiggly-error").first().waitFor();
  await broken.picture("12-broken-toml");
  await broken.pictureInContrast("12-broken-toml");

  broken.write("llmspell.toml", '[state]\npath = "./state"\n');
  await broken.pane("State").getByText("No state yet.").waitFor({ timeout: 20_000 });
});

test("a damaged database is named with what to do, and its backups are there to restore", async () => {
  const damage = "This is no database.".repeat(1_000);
  const damaged = await open({
    prepare: (folder) => {
      cli(folder, "set", "user", "theme", '"dark"');
      cli(folder, "backup", "create");
      writeFileSync(join(folder, "state/state.db"), damage);
    },
  });
  await damaged.notification("state.db").waitFor({ timeout: 30_000 });
  await damaged.row("State", "State cannot be shown").waitFor();
  await damaged.row("Backups", "1 entry").waitFor();
  await damaged.picture("13-damaged-database");
  expect(damaged.read("state/state.db")).toBe(damage);
});

test("in a folder that is not trusted state is seen, and nothing can be run or changed", async () => {
  const untrusted = await open({
    prepare: (folder) => cli(folder, "set", "user", "preferences", '{"theme":"dark"}'),
    workspaceTrust: true,
    settings: { "security.workspace.trust.startupPrompt": "never" },
  });
  await untrusted.row("State", "user").click({ timeout: 30_000 });
  await untrusted.row("State", "preferences").waitFor();
  await untrusted.pane("Backups").getByText("authors you trust").waitFor();
  await untrusted.openFile("counters.lua");
  const run = untrusted.page.locator(".editor-actions").getByRole("button", { name: "Run Script" });
  expect(await run.getAttribute("aria-disabled")).toBe("true");
  await untrusted.picture("14-untrusted");
  await untrusted.pictureInContrast("14-untrusted");

  await untrusted.command("Workspaces: Manage Workspace Trust");
  await untrusted.page.getByRole("button", { name: "Trust", exact: true }).click();
  await untrusted.page.getByText("You trust this folder").waitFor();
  await untrusted.page.locator(".monaco-modal-editor-block .codicon-close").last().click();
  await untrusted.page
    .locator(".editor-actions")
    .getByRole("button", { name: "Run Script", disabled: false })
    .click({ timeout: 20_000 });
  await untrusted.row("State", "stats").waitFor({ timeout: 20_000 });
});
