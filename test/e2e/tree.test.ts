import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { cli, EditorWindow } from "./window.ts";

const STORED = [
  ["user", "profile:ada", '{"name":"Ada","born":1815}'],
  ["user", "profile:grace", '{"name":"Grace","born":1906}'],
  ["user", "theme", '"dark"'],
  ["shop", "cart:1:items", '["tea"]'],
  ["shop", "cart:1:total", "4.5"],
  ["shop", "cart:2:items", '["cocoa","biscuits"]'],
  ["shop", "open", "true"],
  ["odd", "Case", '"upper"'],
  ["odd", "case", '"lower"'],
  ["odd", "a::b", '"no first segment"'],
  ["odd", "a::c", "1"],
  ["odd", "a:", '"nothing after"'],
  ["odd", "50%/é", '"per cent"'],
  ["odd", "שלום", '"right to left"'],
  ["odd", "x".repeat(255), '"long"'],
] as const;

let window: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open({
    settings: { "editor.codeLens": false, "editor.inlayHints.enabled": "off" },
    prepare: (folder) => {
      const saves = STORED.map(
        ([namespace, key, value]) => `{"namespace":"${namespace}","key":"${key}","value":${value}}`,
      );
      writeFileSync(join(folder, "stored.jsonl"), `${saves.join("\n")}\n`);
      cli(folder, "import", "stored.jsonl");
    },
  });
  await window.openSidebar();
  await window.row("State", "user").click({ timeout: 30_000 });
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

const exists = (namespace: string, key: string) =>
  JSON.parse(window.cli("--json", "ls", namespace)).some(
    (entry: { key: string }) => entry.key === key,
  );

test("keys that share a segment are under one row, chains of segments too", async () => {
  await window.row("State", /^profile.*2 keys/).click();
  await window.row("State", /^ada/).waitFor();
  await window.row("State", /^shop/).click();
  await window.row("State", /^cart.*3 keys/).click();
  await window.row("State", /^1.*2 keys/).waitFor();
  await window.row("State", "2:items").waitFor();
  await window.page.locator(".statusbar").getByText("15 entries").waitFor();
  await window.picture("40-tree");
  await window.pictureInContrast("40-tree");
});

test("names of namespaces, and what keys under a row begin with, are copied", async () => {
  await window.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = () => window.page.evaluate("navigator.clipboard.readText()");
  await window.choose(window.row("State", /^user/), "Copy Name");
  await expect.poll(copied).toBe("user");
  await window.choose(window.row("State", /^profile.*2 keys/), "Copy Name");
  await expect.poll(copied).toBe("profile:");
});

test("the filter shows what is typed for, marked, and the tree comes back as it was", async () => {
  await window.command("LLMSpell State: Filter by Name");
  await window.typeInto("Filter State by Name", "ITEMS");
  await window.row("State", "cart:1:items").waitFor();
  await window.row("State", /^user/).waitFor({ state: "detached" });
  await window.page.keyboard.press("Enter");
  const marked = window.row("State", "cart:2:items").locator(".highlight");
  expect(await marked.textContent()).toBe("items");
  await window.picture("41-filtered");
  await window.pictureInContrast("41-filtered");
  await window.command("LLMSpell State: Clear Filter");
  await window.row("State", /^ada/).waitFor();

  await window.command("LLMSpell State: Search in Values");
  await window.typeInto("Search in Stored Values", "cocoa");
  await window.answer();
  await window.row("State", "cart:2:items").waitFor();
  await window.row("State", "cart:1:items").waitFor({ state: "detached" });
  await window.command("LLMSpell State: Search in Values");
  await window.typeInto("Search in Stored Values", "nothing of the kind");
  await window.answer();
  await window.pane("State").getByRole("button", { name: "Clear Filter" }).click();
  await window.row("State", /^ada/).waitFor();
});

test("keys are shown newest first", async () => {
  window.cli("set", "user", "theme", '"light"');
  await window.command("LLMSpell State: Order Keys");
  await window.picked("Newest first").click();
  await expect
    .poll(async () => {
      const rows = await window
        .pane("State")
        .locator(".monaco-list-row .label-name")
        .allTextContents();
      return rows.slice(rows.indexOf("user") + 1, rows.indexOf("user") + 2);
    })
    .toEqual(["theme"]);
  await window.command("LLMSpell State: Order Keys");
  await window.picked("By name").click();
  await window.row("State", /^ada/).waitFor();
});

test("a new key is refused while its name is wrong, and opens when it is made", async () => {
  await window.choose(window.row("State", /^user/), "New Key");
  await window.typeInto("New Key in user", "a..b");
  await window.page.locator(".quick-input-widget", { hasText: 'it contains ".."' }).waitFor();
  await window.picture("42-new-key");
  await window.typeInto("New Key in user", "theme");
  await window.page.locator(".quick-input-widget", { hasText: "already" }).waitFor();
  await window.typeInto("New Key in user", "tone");
  await window.answer();
  await window.typeInto("The Value of tone", '"calm"');
  await window.answer();
  await window.tab("tone.json").waitFor();
  await window.row("State", /^tone/).waitFor();
});

test("several rows are deleted at once, and brought back", async () => {
  await window.row("State", /^ada/).click();
  await window.row("State", /^grace/).click({ modifiers: ["Control"] });
  await window.choose(window.row("State", /^grace/), "Delete");
  await window.dialog().getByText("Delete 2 entries?").waitFor();
  await window.picture("43-delete-many");
  await window.dialog().getByRole("button", { name: "Delete" }).click();
  await window.row("State", /^profile/).waitFor({ state: "detached" });
  expect(exists("user", "profile:ada")).toBe(false);
  const undo = { name: "Undo" };
  await window.press(window.notification("Deleted 2 entries").getByRole("button", undo));
  await window.row("State", /^profile.*2 keys/).waitFor();
  expect(exists("user", "profile:grace")).toBe(true);
});

test("odd names are rows like others, and open their values", async () => {
  await window.row("State", /^odd/).click();
  await window.row("State", /^a.*3 keys/).click();
  await window.row("State", /^\(empty\).*2 keys/).click();
  const odd = [
    [/^Case/, "upper"],
    [/^case/, "lower"],
    [/^b.*no first segment/, "no first segment"],
    [/^\(empty\).*nothing after/, "nothing after"],
    [/^50%\/é/, "per cent"],
    [/^שלום/, "right to left"],
    [/^x{50}/, "long"],
  ] as const;
  for (const [name, value] of odd) {
    await window.row("State", name).click();
    await window.line(value).waitFor();
  }
  await window.picture("45-odd-names");
  await window.row("State", /^odd/).click();
});

test("a key is dragged into a script as the call that loads it", async () => {
  await window.openFile("counters.lua");
  // Lines that are being drawn anew have no place for a moment.
  const place = () => window.line("KEPT_EVENTS = 10").first().boundingBox();
  await expect.poll(place, { timeout: 10_000 }).not.toBeNull();
  const line = await place();
  if (line === null) throw new Error("The script is not shown.");
  const { mouse, keyboard } = window.page;
  // The editor marks where it would drop, once it has seen the key.
  const mark = window.page.locator(".dnd-target").first();
  const drag = async () => {
    await mouse.up();
    await window.row("State", /^theme/).hover();
    await mouse.down();
    await mouse.move(line.x + 200, line.y + 60, { steps: 5 });
    // Shift drops into the editor; without it what is dragged would be opened.
    await keyboard.down("Shift");
    await mouse.move(line.x + 100, line.y - 15, { steps: 5 });
    return await mark.waitFor({ timeout: 2_000 }).then(
      () => true,
      () => false,
    );
  };
  // A row that is drawn anew under the mouse is not the one that was taken hold of.
  await expect.poll(drag, { timeout: 20_000 }).toBe(true);
  await mouse.up();
  await keyboard.up("Shift");
  await window.line('State.load("user", "theme")').waitFor();
  await window.picture("44-dropped");
});

test("a store that is removed is gone from the tree, and one that is made anew is shown", async () => {
  rmSync(join(window.folder, "state"), { recursive: true });
  await window.pane("State").getByText("No state yet.").waitFor({ timeout: 20_000 });
  window.cli("set", "fresh", "start", "1");
  await window.row("State", "fresh").waitFor({ timeout: 20_000 });
});

test("the walkthrough opens, with its pictures", async () => {
  await window.command("LLMSpell State: Open Walkthrough");
  // Beside the sidebar there would be no room for pictures.
  await window.page.keyboard.press("Control+B");
  const steps = window.page.locator(".gettingStartedContainer");
  await steps.getByText("Back up, break something, restore").first().waitFor({ timeout: 20_000 });
  const drawing = window.page.frameLocator("iframe.webview").frameLocator("#active-frame");
  await drawing.locator("svg").getByText("visits.lua").first().waitFor({ timeout: 20_000 });
  await window.picture("46-walkthrough");
  await window.pictureInContrast("46-walkthrough");
});
