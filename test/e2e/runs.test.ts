import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { cli, EditorWindow } from "./window.ts";

const SCRIPTS = {
  "tidy.lua": [
    'local name = State.load("user", "name")',
    'State.save("user", "name", name .. " Lovelace")',
    'State.save("user", "profile", { born = 1815, tags = { "math", "poetry" } })',
    'State.delete("user", "old")',
    'print("tidied up")',
    "",
  ].join("\n"),
  "greet.lua": 'print("hello " .. (arg[1] or "nobody") .. " and " .. (arg[2] or "nobody"))\n',
  "parts.lua": 'print("first")\nprint("second")\nerror("third fails")\n',
  "agent.lua": 'local agent = Agent.create({ model = "x" })\nState.save("agent", "made", true)\n',
  "endless.lua": 'State.save("demo", "started", true)\nwhile true do end\n',
};

/** Where the settings say that the llmspell program is; there is none until a test puts one there. */
const llmspell = join(realpathSync(mkdtempSync(join(tmpdir(), "llmspell-"))), "llmspell");

let window: EditorWindow;

beforeAll(async () => {
  window = await EditorWindow.open({
    settings: {
      "editor.codeLens": false,
      "editor.inlayHints.enabled": "off",
      "llmspellState.llmspellPath": llmspell,
    },
    prepare: (folder) => {
      for (const [name, script] of Object.entries(SCRIPTS))
        writeFileSync(join(folder, name), script);
      cli(folder, "set", "user", "name", '"Ada"');
      cli(folder, "set", "user", "old", "1");
    },
  });
  await window.openSidebar();
  await window.row("State", "user").click({ timeout: 30_000 });
});
afterEach(({ task }) => window.pictureOfFailure(task));
afterAll(async () => {
  await window?.close();
  rmSync(dirname(llmspell), { recursive: true, force: true });
});

const stored = (key: string) => JSON.parse(window.cli("--json", "get", "user", key)).value;
const inDiff = (text: string) =>
  window.page.locator(".monaco-diff-editor .view-line", { hasText: text }).first();

test("a dry run shows what would change, side by side, and changes nothing", async () => {
  await window.openFile("tidy.lua");
  await window.command("LLMSpell State: Dry Run Script");
  const told = window.notification("would change 3 entries");
  await told.waitFor({ timeout: 20_000 });
  await inDiff("Ada Lovelace").waitFor();
  await inDiff("1815").waitFor();
  await window.row("Last Run", "profile").waitFor();
  await window.output("tidied up").waitFor();
  await window.picture("30-dry-run");
  await window.pictureInContrast("30-dry-run");
  expect(stored("name")).toBe("Ada");
});

test("a dry run is refused where others changed the state since, which is shown", async () => {
  window.cli("set", "user", "name", '"Grace"');
  const apply = { name: "Apply" };
  await window.press(window.notification("would change 3 entries").getByRole("button", apply));
  const refused = window.notification("was changed since the dry run began");
  await refused.waitFor({ timeout: 20_000 });
  await window.line("Grace").waitFor();
  await window.picture("31-dry-run-refused");
  await window.press(refused.getByRole("button", { name: "Dry Run Again" }));
  await inDiff("Grace Lovelace").waitFor({ timeout: 20_000 });
});

test("applying a dry run makes exactly its changes", async () => {
  const told = window.notification("would change 3 entries");
  await window.press(told.getByRole("button", { name: "Apply" }));
  await window.notification("Applied the dry run of tidy.lua").waitFor({ timeout: 20_000 });
  await window.row("State", "profile").waitFor();
  expect(stored("name")).toBe("Grace Lovelace");
  expect(stored("profile")).toEqual({ born: 1815, tags: ["math", "poetry"] });
  await window.row("Last Run", "name").click();
  await inDiff("Grace Lovelace").waitFor();
  await window.picture("32-dry-run-applied");
});

test("a script runs with arguments, which are remembered", async () => {
  await window.openFile("greet.lua");
  await window.command("LLMSpell State: Run Script with Arguments");
  await window.answer('Ada "Grace Hopper"');
  await window.output(/hello\sAda\sand\sGrace\sHopper/).waitFor({ timeout: 20_000 });
  await window.command("LLMSpell State: Run Script with Arguments");
  await window.answer();
  await expect.poll(() => window.output(/hello\sAda\sand\sGrace\sHopper/).count()).toBe(2);
});

test("only what is selected runs, and its errors stand where they are in the script", async () => {
  await window.openFile("parts.lua");
  await window.line("third").click();
  await window.page.keyboard.press("Control+End");
  await window.page.keyboard.press("ArrowUp");
  await window.page.keyboard.press("ArrowUp");
  await window.page.keyboard.press("Shift+Control+End");
  await window.command("LLMSpell State: Run Selection");
  await window.notification("third fails").waitFor({ timeout: 20_000 });
  await window.output("second").first().waitFor();
  expect(await window.output("first").count()).toBe(0);
  await window.page.locator(".squiggly-error").first().waitFor();
  await window.picture("33-selection-failed");
  // Places in the output are links, also those that name a script by its path in the folder.
  const place = window
    .output(/parts\.lua:3:\sin/)
    .locator(".detected-link")
    .first();
  await place.waitFor();
  await window.page.keyboard.press("Control+Home");
  const there = window.page.locator(".statusbar").getByText("Ln 3, Col 1");
  // A click in the moment in which the link is being drawn is not one on it, nor is the next without a move.
  await expect
    .poll(
      async () => {
        await window.line("first").hover();
        await place.click({ modifiers: ["Control"], timeout: 3_000 }).catch(() => {});
        return await there.waitFor({ timeout: 2_000 }).then(
          () => true,
          () => false,
        );
      },
      { timeout: 30_000 },
    )
    .toBe(true);
});

test("a script that needs llmspell says what is missing", async () => {
  await window.openFile("agent.lua");
  await window.command("LLMSpell State: Run Script");
  const told = window.notification("agent.lua needs Agent");
  await told.getByRole("button", { name: "Set Path of llmspell" }).waitFor({ timeout: 20_000 });
  await window.output("belongs to the llmspell program").waitFor();
  await window.picture("34-needs-llmspell");
});

describe("where there is an llmspell", () => {
  /** Prints, then waits for the test before it goes on. */
  const PROGRAM = [
    "#!/bin/sh",
    'echo "casting $2" with "$4"',
    'while [ ! -e "$PWD/go" ]; do sleep 0.05; done',
    "rm go",
    "echo it fizzled >&2",
    "exit 3",
    "",
  ];
  const offered = () =>
    window.notification("agent.lua needs Agent").getByRole("button", { name: "Run with llmspell" });

  beforeAll(() => writeFileSync(llmspell, PROGRAM.join("\n"), { mode: 0o755 }));

  test("a script that needs it runs with it; what it prints streams, its exit code is told", async () => {
    await window.openFile("agent.lua");
    await window.command("LLMSpell State: Run Script with Arguments");
    await window.answer("sparks");
    await window.press(offered());
    await window.output("Running agent.lua with llmspell").waitFor({ timeout: 20_000 });
    await window.output(/casting\s.*agent\.lua\swith\ssparks/).waitFor();
    expect(await window.output("it fizzled").count()).toBe(0);
    window.write("go", "");
    await window.output("it fizzled").waitFor();
    await window.notification("llmspell ended with exit code 3").waitFor();
    await window.output("run by llmspell").waitFor();
    await window.pane("Last Run").getByText("keeps a state of its own").waitFor();
    expect(await window.page.locator(".squiggly-error").count()).toBe(0);
    await window.picture("36-run-with-llmspell");
  });

  test("its run is stopped like any other", async () => {
    await window.openFile("agent.lua");
    await window.command("LLMSpell State: Run Script");
    await window.press(offered());
    const stop = window.page
      .locator(".editor-actions")
      .getByRole("button", { name: "Stop Script" });
    await stop.click({ timeout: 20_000 });
    await window.output("The run was cancelled.").waitFor();
    await stop.waitFor({ state: "detached" });
  });
});

test("an endless script is stopped from the title of its editor", async () => {
  await window.openFile("endless.lua");
  await window.command("LLMSpell State: Run Script");
  const stop = window.page.locator(".editor-actions").getByRole("button", { name: "Stop Script" });
  await stop.waitFor({ timeout: 20_000 });
  await window.notification("Running endless.lua").waitFor();
  await window.picture("35-running");
  await stop.click();
  await window.output("endless.lua failed").waitFor({ timeout: 15_000 });
  await stop.waitFor({ state: "detached" });
  await window.row("State", "demo").waitFor();
});
