import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { EditorWindow } from "./window.ts";

let window: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open();
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

/** Opens the quick box with a key, types, goes down to what is meant and takes it. */
async function choose(key: string, text: string): Promise<void> {
  const { keyboard } = window.page;
  await (await window.quickInput(key)).fill(key === "F1" ? `>${text}` : text);
  const rows = window.page.locator(`.quick-input-widget .monaco-list-row[aria-label^="${text}"]`);
  await rows.first().waitFor();
  const meant = rows.and(window.page.locator(".focused"));
  for (let row = 0; row < 5 && (await meant.count()) === 0; row++)
    await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
}

/** A view that opens empty takes the focus for itself; once it has rows, its list takes it. */
async function focusState(): Promise<void> {
  await choose("F1", "LLMSpell State: Focus on State View");
  await window.row("State", "user").waitFor();
  await choose("F1", "LLMSpell State: Focus on State View");
  await window.pane("State").locator(".monaco-list:focus-within").waitFor();
}

/** The row of the view that has the focus, as a screen reader says it. */
const said = () =>
  window.page
    .locator(".sidebar .monaco-list:focus-within .monaco-list-row.focused")
    .getAttribute("aria-label");

/** Goes down in the view until what is said matches. */
async function downTo(row: RegExp): Promise<void> {
  for (let now = await said(); !row.test(now ?? ""); now = await said()) {
    await window.page.keyboard.press("ArrowDown");
    await expect.poll(said).not.toBe(now);
  }
}

test("the main job can be done without a mouse: run, look, edit, back up, restore", async () => {
  const { keyboard } = window.page;
  await choose("Control+P", "assistant.lua");
  await window.tab("assistant.lua").waitFor();
  // The palette offers what could be done when it was opened.
  await window.page.locator(".statusbar").getByText("0 entries").waitFor({ timeout: 60_000 });
  await window.page
    .locator(".editor-actions")
    .getByRole("button", { name: "Run Script" })
    .waitFor();

  await choose("F1", "LLMSpell State: Run Script");
  await window.output("finished").waitFor({ timeout: 30_000 });

  await focusState();
  await keyboard.press("Home");
  await downTo(/^user, \d+ keys?, /);
  await keyboard.press("ArrowRight");
  await window.row("State", "preferences").waitFor();
  await downTo(/^preferences, object, .*changed/);
  await keyboard.press("Enter");
  await window.tab("preferences.json").waitFor();

  await choose("F1", "LLMSpell State: Create Backup");
  await window.row("Backups", /entr/).waitFor({ timeout: 20_000 });

  await keyboard.press("Control+1");
  await window.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  await keyboard.press("Control+A");
  await keyboard.press("Delete");
  await keyboard.type('{"tone":"formal"}', { delay: 20 });
  await window.line('"formal"').waitFor();
  await keyboard.press("Control+S");
  const stored = () => JSON.parse(window.cli("--json", "get", "user", "preferences")).value.tone;
  await expect.poll(stored, { timeout: 20_000 }).toBe("formal");

  await choose("F1", "LLMSpell State: Restore Backup");
  await window.picked("full").first().waitFor({ timeout: 20_000 });
  await keyboard.press("Enter");
  await window.dialog().getByText("1 changed").waitFor({ timeout: 20_000 });
  await window.picture("62-keyboard-restore");
  await keyboard.press("Enter");
  await expect.poll(stored, { timeout: 20_000 }).toBe("friendly");
});

/** Takes the entry of the focused row's menu. */
async function takeFromMenu(entry: string): Promise<void> {
  const { keyboard } = window.page;
  await keyboard.press("Shift+F10");
  const focused = window.page.locator(".monaco-menu .action-item.focused");
  await window.page.locator(".monaco-menu").waitFor();
  for (let row = 0; row < 20; row++) {
    await keyboard.press("ArrowDown");
    if ((await focused.textContent())?.startsWith(entry)) break;
  }
  await keyboard.press("Enter");
}

/** Goes on with a key until what has the focus is called so. */
async function moveTo(key: string, name: string): Promise<void> {
  const focused = window.page.locator(":focus");
  for (let press = 0; press < 8; press++) {
    const called = (await focused.getAttribute("aria-label")) || (await focused.textContent());
    if (called?.startsWith(name)) return;
    await window.page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${name}.`);
}

const tone = () => JSON.parse(window.cli("--json", "get", "user", "preferences")).value.tone;

test("a conflict is decided, and an earlier value restored, without a mouse", async () => {
  const { keyboard } = window.page;
  await keyboard.press("Control+1");
  await window.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  await keyboard.press("Control+A");
  await keyboard.press("Delete");
  await keyboard.type('{"tone":"mine"}', { delay: 20 });
  window.cli("set", "user", "preferences", '{"tone":"theirs"}');
  await window.notification("while you were editing it").waitFor({ timeout: 10_000 });
  const failed = window.notification("Failed to save");
  // A key that comes while a notification moves in may be lost.
  const saving = async () => {
    await window.page.locator(".editor-instance .monaco-editor.focused").waitFor();
    await keyboard.press("Control+S");
    return await failed.waitFor({ timeout: 4_000 }).then(
      () => true,
      () => false,
    );
  };
  await expect.poll(saving, { timeout: 20_000 }).toBe(true);
  expect(tone()).toBe("theirs");
  await choose("F1", "Notifications: Focus Notification Toast");
  await moveTo("Tab", "Overwrite");
  await keyboard.press("Enter");
  await expect.poll(tone, { timeout: 10_000 }).toBe("mine");

  await keyboard.press("Control+1");
  await choose("F1", "LLMSpell State: Show History");
  await window.picked('"theirs"').waitFor({ timeout: 20_000 });
  await keyboard.press("ArrowDown");
  await moveTo("Tab", "Compare with Now");
  await moveTo("ArrowRight", "Restore This Value");
  await keyboard.press("Enter");
  await expect.poll(tone, { timeout: 10_000 }).toBe("theirs");
});

test("a backup is verified, and the state migrated, without a mouse", async () => {
  const { keyboard } = window.page;
  await choose("F1", "LLMSpell State: Focus on Backups View");
  await window.pane("Backups").locator(".monaco-list:focus-within").waitFor();
  await keyboard.press("Home");
  await expect.poll(said).toMatch(/^Backup of .*before restoring, .*full, not verified yet$/);
  await takeFromMenu("Verify");
  await expect.poll(said, { timeout: 20_000 }).toMatch(/full, verified$/);

  window.write("llmspell.toml", '[state]\nschema_version = "2.0.0"\n');
  const schema = () => JSON.parse(window.cli("--json", "schema"));
  await expect.poll(() => schema().configured_version).toBe("2.0.0");
  await choose("F1", "LLMSpell State: Migrate State");
  await window.dialog().getByText("from 1.0.0 to 2.0.0?").waitFor({ timeout: 20_000 });
  await keyboard.press("Enter");
  await expect.poll(() => schema().current_version, { timeout: 20_000 }).toBe("2.0.0");
});
