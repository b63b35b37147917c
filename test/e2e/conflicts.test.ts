/**
 * Every way in which a value can change while it is open, and what becomes of the editor: no edit is
 * lost without a choice. By default a few of the cases; all of them with LLMSPELL_LONG.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cli, EditorWindow } from "./window.ts";

const LONG = process.env["LLMSPELL_LONG"] !== undefined;
const KEY = "theme";
const START = '"start"';

let window: EditorWindow;
/** Another one on the same folder. */
let other: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open({
    settings: {
      "editor.autoSurround": "never",
      "editor.autoClosingQuotes": "never",
      "editor.codeLens": false,
    },
    prepare: (folder) => {
      writeFileSync(join(folder, "theirs.lua"), 'State.save("user", "theme", "theirs")\n');
      cli(folder, "set", "user", KEY, START);
      cli(folder, "set", "user", "other", "1");
    },
  });
  other = await window.another();
  for (const one of [window, other]) {
    await one.openSidebar();
    await one.row("State", "user").click({ timeout: 30_000 });
    await one.row("State", KEY).waitFor();
  }
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(() => window?.close());

const stored = (): unknown =>
  JSON.parse(window.cli("--json", "ls", "user")).some(({ key }: { key: string }) => key === KEY)
    ? JSON.parse(window.cli("--json", "get", "user", KEY)).value
    : undefined;
const tab = () => window.tab(`${KEY}.json`);
const editor = (text: string) => window.line(`"${text}"`).first();

/** Who changes the value, and what is stored after. */
const SOURCES: Record<string, { change: () => Promise<void>; after: string | undefined }> = {
  "another program": {
    change: async () => void window.cli("set", "user", KEY, '"theirs"'),
    after: "theirs",
  },
  "another program that deletes": {
    change: async () => void window.cli("rm", "user", KEY),
    after: undefined,
  },
  "a script of this window": {
    change: async () => {
      await window.openFile("theirs.lua");
      await window.command("LLMSpell State: Run Script");
      await tab().click();
    },
    after: "theirs",
  },
  "the history of this window": {
    change: async () => {
      await window.choose(window.row("State", KEY), "Show History");
      await window.picked('"theirs"').first().hover();
      await window.picked('"theirs"').first().locator(".codicon-discard").click();
    },
    after: "theirs",
  },
  "another window": {
    change: async () => {
      const { keyboard } = other.page;
      await other.row("State", KEY).click();
      await other.line(`"start"`).first().click();
      await keyboard.press("Control+A");
      // As many bytes as before: that VS Code would not notice by itself.
      await keyboard.type('"other"');
      await keyboard.press("Control+S");
      await expect.poll(stored, { timeout: 10_000 }).toBe("other");
    },
    after: "other",
  },
};

async function open(): Promise<void> {
  window.cli("set", "user", KEY, '"theirs"');
  window.cli("set", "user", KEY, START);
  await window.row("State", START).waitFor();
  await window.row("State", KEY).click();
  await editor("start").waitFor();
}

async function edit(): Promise<void> {
  await editor("start").click();
  await window.page.keyboard.press("Control+A");
  await window.page.keyboard.type('"mine"');
  await window.page.locator(".tabs-container .tab.dirty").waitFor();
}

/** Leaves nothing open for the next case, whatever it costs. */
async function closeAll(): Promise<void> {
  await window.command("Notifications: Clear All Notifications");
  if ((await tab().count()) === 0) return;
  await tab().click();
  await window.command("File: Revert File");
  await window.command("View: Close All Editors");
  await tab().waitFor({ state: "detached" });
}

/** What another program changes is also in values.test.ts. */
const FEW = ["another program that deletes", "another window"];
const sources = LONG ? Object.keys(SOURCES) : FEW;

describe.each(sources)("changed by %s", (name) => {
  const { change, after } = SOURCES[name] ?? { change: async () => {}, after: undefined };
  afterEach(closeAll);

  test.runIf(LONG)("a clean editor follows", async () => {
    await open();
    await change();
    if (after === undefined) await tab().locator(".deleted, .strikethrough").first().waitFor();
    else await editor(after).waitFor();
  });

  test("a dirty editor is kept, and saving asks before anything is overwritten", async () => {
    await open();
    await edit();
    await change();
    await window.notification("while you were editing it").waitFor({ timeout: 10_000 });
    await editor("mine").waitFor();
    expect(stored()).toBe(after);
    await window.page.keyboard.press("Control+S");
    if (after === undefined) {
      // Nothing is overwritten: what was deleted is there again, as it was edited.
      await expect.poll(stored, { timeout: 10_000 }).toBe("mine");
      return;
    }
    const refused = window.notification("Failed to save");
    await refused.getByRole("button", { name: "Overwrite" }).waitFor({ timeout: 20_000 });
    expect(stored()).toBe(after);
    await editor("mine").waitFor();
    await window.press(refused.getByRole("button", { name: "Overwrite" }));
    await expect.poll(stored, { timeout: 10_000 }).toBe("mine");
  });

  test.runIf(LONG || after === undefined)(
    "closing a dirty editor asks what becomes of the edit",
    async () => {
      await open();
      await edit();
      await change();
      await window.notification("while you were editing it").waitFor({ timeout: 10_000 });
      await tab().click();
      await window.page.keyboard.press("Control+W");
      await window.dialog().getByRole("button", { name: "Cancel" }).click();
      await editor("mine").waitFor();
      expect(stored()).toBe(after);
    },
  );

  test.runIf(LONG && after !== undefined)("saving while closing asks as well", async () => {
    await open();
    await edit();
    await change();
    await window.notification("while you were editing it").waitFor({ timeout: 10_000 });
    await tab().click();
    await window.page.keyboard.press("Control+W");
    await window.dialog().getByRole("button", { name: "Save", exact: true }).click();
    const refused = window.notification("Failed to save");
    await refused.getByRole("button", { name: "Overwrite" }).waitFor({ timeout: 20_000 });
    expect(stored()).toBe(after);
    await editor("mine").waitFor();
  });

  test.runIf(LONG && after !== undefined)("reverting takes what is stored", async () => {
    await open();
    await edit();
    await change();
    const told = window.notification("while you were editing it");
    await window.press(told.getByRole("button", { name: "Take Theirs" }));
    await editor(after ?? "").waitFor();
    expect(stored()).toBe(after);
  });
});

test("an edit outlives the death of the server, and is saved by the next one", async () => {
  await open();
  await edit();
  window.killServer();
  // What others do meanwhile is in the tree when it is back.
  window.cli("set", "user", "other", '"changed meanwhile"');
  await editor("mine").waitFor();
  await window.row("State", "changed meanwhile").waitFor({ timeout: 20_000 });
  await expect
    .poll(
      async () => {
        await window.tab(`${KEY}.json`).click();
        await window.page.keyboard.press("Control+S");
        return stored();
      },
      { timeout: 30_000, interval: 1_000 },
    )
    .toBe("mine");
});
