import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { EditorWindow } from "./window.ts";

/** Scripts besides those of examples/. They are there before: VS Code finds new files late. */
const SCRIPTS = {
  "broken.lua": 'local settings = State.load("user", "nothing_here")\nprint(settings.theme)\n',
  "endless.lua": 'State.save("demo", "started", true)\nwhile true do end\n',
};

let window: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open({
    // Pointing at text counts characters that are all as wide as each other; hints are narrower.
    settings: { "editor.inlayHints.enabled": "off" },
    prepare: (folder) => {
      for (const [name, script] of Object.entries(SCRIPTS))
        writeFileSync(join(folder, name), script);
    },
  });
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

test("a folder without state says how to begin, and making a backup is one click", async () => {
  await window.openSidebar();
  await window.pane("State").getByText("No state yet.").waitFor({ timeout: 30_000 });
  await window.pane("State").getByRole("button", { name: "New Example Script" }).waitFor();
  await window.pane("Backups").getByRole("button", { name: "Create Backup" }).waitFor();
  await window.picture("1-welcome");
  await window.pictureInContrast("1-welcome");
});

test("what a script saves is in the tree when it has run", async () => {
  await window.openFile("assistant.lua");
  await window.pane("State").getByRole("button", { name: "Run This Script" }).waitFor();
  await window.command("LLMSpell State: Run Script");
  await window.output("finished").waitFor({ timeout: 20_000 });
  await window.row("State", "user").waitFor();
  await window.row("State", "user").click();
  await window.row("State", "profile:ada").waitFor();
  expect(await window.output("Nice to meet you, Ada!").count()).toBe(1);
  await window.picture("2-tree-after-run");
});

test("a click on a key opens its value", async () => {
  await window.row("State", "preferences").click();
  await window.tab("preferences.json").waitFor();
  await window.line('"tone": "friendly"').waitFor();
  await window.picture("3-value");
  await window.pictureInContrast("3-value");
});

test("completion inside the key string lists stored keys", async () => {
  await window.openFile("counters.lua");
  await window.typeAtEnd('local remembered = State.load("user", "');
  const offered = window.page.locator(".suggest-widget.visible .monaco-list-row");
  await offered.filter({ hasText: "preferences" }).waitFor({ timeout: 20_000 });
  await offered.filter({ hasText: "profile:ada" }).waitFor();
  await window.picture("4-completion");
  await window.page.keyboard.press("Escape");
  await window.command("File: Revert File");
  await window.line("remembered").waitFor({ state: "detached" });
});

test("hover shows the stored value", async () => {
  await window.hover("assistant.lua", '"preferences"', "friendly");
  await window.picture("5-hover");
});

test("another process changes a value, and the open tree, document and hover follow", async () => {
  await window.tab("preferences.json").click();
  window.cli("set", "user", "preferences", '{"theme":"solarized"}');
  await window.line('"theme": "solarized"').waitFor({ timeout: 15_000 });
  await window.row("State", "solarized").waitFor({ timeout: 15_000 });
  await window.hover("assistant.lua", '"preferences"', "solarized");
  await window.picture("6-another-process");
});

test("a mistake is underlined, and its message links to its page", async () => {
  await window.openFile("mistakes.lua");
  await window.page.locator(".squiggly-error").first().waitFor({ timeout: 20_000 });
  const hover = await window.hover("mistakes.lua", ".set(", "unknown-member");
  await window.picture("7-squiggle");
  // VS Code asks before it leaves for the page.
  await hover.locator("a", { hasText: "unknown-member" }).click();
  await window.dialog().getByText("docs/rules/unknown-member.md").waitFor();
  await window.dialog().getByRole("button", { name: "Cancel" }).click();
});

test("one click backs the state up", async () => {
  await window.pane("Backups").getByRole("button", { name: "Create Backup" }).click();
  await window.notification("State backed up").waitFor({ timeout: 20_000 });
  await window.row("Backups", /entr/).waitFor();
  await window.picture("8-backup");
});

test("restoring shows what would change, asks, and brings the old value back everywhere", async () => {
  window.cli("set", "user", "preferences", '{"theme":"chalk"}');
  window.cli("rm", "chat", "history:ada");
  await window.row("State", "chalk").waitFor({ timeout: 15_000 });

  await window.command("LLMSpell State: Restore Backup");
  await window.picked("full").first().click();
  await window.dialog().getByText("1 changed, 1 brought back").waitFor({ timeout: 20_000 });
  await window.line("@@ user / preferences @@").waitFor();
  await window.picture("9-restore-preview");
  await window.dialog().getByRole("button", { name: "Restore" }).click();
  await window.notification("Restored").waitFor({ timeout: 20_000 });

  await window.row("State", "solarized").waitFor({ timeout: 15_000 });
  await window.row("State", "chat").waitFor();
  expect(JSON.parse(window.cli("--json", "get", "user", "preferences")).value).toEqual({
    theme: "solarized",
  });
  await window.hover("assistant.lua", '"preferences"', "solarized");
  await window.picture("10-restored");
});

test("a script that fails says where", async () => {
  await window.page.keyboard.press("Escape");
  await window.openFile("broken.lua");
  await window.command("LLMSpell State: Run Script");
  await window.notification("broken.lua failed").waitFor({ timeout: 20_000 });
  await window.output(/^\/.*broken\.lua:2:\sattempt\sto\sindex/).waitFor();
  await window.picture("11-script-error");
  const goThere = { name: "Go to Line 2" };
  await window.press(window.notification("broken.lua failed").getByRole("button", goThere));
  await window.page.locator(".statusbar").getByText("Ln 2, Col 1").waitFor();
});

test("a script that never ends is cancelled from its notification", async () => {
  await window.openFile("endless.lua");
  await window.command("LLMSpell State: Run Script");
  const running = window.notification("Running endless.lua");
  await running.getByRole("button", { name: "Cancel" }).click({ timeout: 20_000 });
  await window.output("endless.lua failed").waitFor({ timeout: 15_000 });
});

test("the walkthrough leads from an example script to a changed value and a dry run", async () => {
  const { page } = window;
  const step = (title: string) => page.locator(".getting-started-step", { hasText: title });
  const done = (title: string) =>
    step(title).locator(".codicon-getting-started-step-checked").waitFor({ timeout: 20_000 });
  const stored = () => JSON.parse(window.cli("--json", "get", "demo", "visit_count")).value;

  await window.command("LLMSpell State: Open Walkthrough");
  await step("Run a script").getByRole("button", { name: "New Example Script" }).click();
  await window.tab("visits.lua").waitFor();
  const actions = page.locator(".editor-actions");
  await actions.getByRole("button", { name: "Run Script", exact: true }).click();
  await window.output(/This\sis\srun\snumber\s1\./).waitFor({ timeout: 20_000 });
  expect(window.read("visits.lua")).toContain("visit_count");

  await window.row("State", "demo").click();
  await window.row("State", "visit_count").click();
  await window.tab("visit_count.json").waitFor();
  await window.line("1").first().click();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("41");
  await page.keyboard.press("Control+S");
  await expect.poll(stored, { timeout: 10_000 }).toBe(41);

  await window.command("LLMSpell State: Open Walkthrough");
  await done("Run a script");
  await done("Change a value");
  await step("Try without changing anything").click();
  await step("Try without changing anything").getByRole("button", { name: "Dry Run" }).click();
  // No script has the focus here: it asks, and begins with those that are open.
  await window.picked("visits.lua").first().click();
  await window.output(/This\sis\srun\snumber\s42\./).waitFor({ timeout: 20_000 });
  expect(stored()).toBe(41);
});
