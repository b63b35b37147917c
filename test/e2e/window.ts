import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import type { RunnerTask } from "vitest";
import { findChromium } from "../../scripts/chromium.ts";
import { vsixFile } from "../../scripts/vsix.ts";
import { type Editor, startEditor } from "../../testbed/editor.ts";

const root = join(import.meta.dirname, "../..");
const pictures = join(root, "test-results");

/** Steady for tests: no animation, no blinking, nothing that opens by itself. */
const SETTINGS = {
  "editor.accessibilitySupport": "off",
  "editor.cursorBlinking": "solid",
  "editor.inlineSuggest.enabled": false,
  "editor.minimap.enabled": false,
  "git.enabled": false,
  "window.autoDetectColorScheme": true,
  "workbench.reduceMotion": "on",
};

const QUICK_INPUT = '.quick-input-widget:not([style*="display: none"])';

/**
 * The middle of a text in the cursor's line, or else in the first line that has it. Runs in the page,
 * which is not typed here.
 */
const PLACE_OF = `(text) => {
  const shown = (node) => node.textContent.replaceAll("\\u00a0", " ");
  const lines = [...document.querySelectorAll(".editor-instance .view-line")].filter((line) =>
    shown(line).includes(text),
  );
  const cursor = document.querySelector(".editor-instance .cursors-layer .cursor");
  const at = cursor?.getBoundingClientRect().top + 1;
  const line = lines.find((line) => {
    const { top, bottom } = line.getBoundingClientRect();
    return top <= at && at < bottom;
  });
  const within = line ?? lines[0];
  if (within === undefined) return null;
  const middle = shown(within).indexOf(text) + Math.floor(text.length / 2);
  const nodes = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let before = 0; nodes.nextNode(); before += nodes.currentNode.length) {
    const node = nodes.currentNode;
    if (before + node.length <= middle) continue;
    const range = document.createRange();
    range.setStart(node, middle - before);
    range.setEnd(node, middle - before + 1);
    const { x, y, width, height } = range.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  }
  return null;
}`;

export interface WindowOptions {
  /** Makes the workspace folder what the test needs; it is a copy of examples/ before. */
  readonly prepare?: (folder: string) => void;
  /** What to open instead of the folder: a path in it, or nothing. */
  readonly open?: string | null;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Packed extensions beside ours. */
  readonly others?: readonly string[];
  /** Ask whether the folder is trusted, as a desktop VS Code does. */
  readonly workspaceTrust?: boolean;
}

/** A real VS Code in a browser on a folder of its own, with the packed extension in it. */
export class EditorWindow {
  readonly page: Page;
  /** The workspace folder. */
  readonly folder: string;
  readonly #editor: Editor;
  readonly #browser: Browser;

  private constructor(page: Page, folder: string, editor: Editor, browser: Browser) {
    this.page = page;
    this.folder = folder;
    this.#editor = editor;
    this.#browser = browser;
  }

  static async open({
    prepare,
    open = "",
    settings,
    others = [],
    workspaceTrust = false,
  }: WindowOptions = {}) {
    const folder = join(mkdtempSync(join(tmpdir(), "state-")), "workspace");
    mkdirSync(folder);
    cpSync(join(root, "examples"), folder, { recursive: true });
    rmSync(join(folder, "state"), { recursive: true, force: true });
    prepare?.(folder);
    const editor = await startEditor({
      vsix: vsixFile(root),
      others,
      settings: { ...SETTINGS, ...settings },
      workspaceTrust,
    });
    const browser = await chromium.launch({
      executablePath: findChromium(),
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
    });
    const viewport = { width: 1280, height: 800 };
    const context = await browser.newContext({ viewport, colorScheme: "dark" });
    const page = await context.newPage();
    await page.goto(editor.address(open === null ? undefined : join(folder, open)));
    await page.locator(".part.activitybar").waitFor({ timeout: 90_000 });
    return new EditorWindow(page, folder, editor, browser);
  }

  /** Another window on the same folder, with a language server of its own; closed with this one. */
  async another(): Promise<EditorWindow> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(this.page.url());
    await page.locator(".part.activitybar").waitFor({ timeout: 90_000 });
    return new EditorWindow(page, this.folder, this.#editor, this.#browser);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#editor.stop();
    rmSync(dirname(this.folder), { recursive: true, force: true });
  }

  /** Saves what is on the screen as test-results/NAME-dark.png and NAME-light.png. */
  async picture(name: string): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await this.page.emulateMedia({ colorScheme });
      const theme = colorScheme === "dark" ? ".vs-dark" : ".vs:not(.vs-dark)";
      await this.page.locator(`.monaco-workbench${theme}`).waitFor();
      await this.page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`) });
    }
  }

  /** The same in high contrast, as NAME-contrast.png. */
  async pictureInContrast(name: string): Promise<void> {
    await this.page.emulateMedia({ colorScheme: "dark", forcedColors: "active" });
    await this.page.locator(".monaco-workbench.hc-black").waitFor();
    await this.page.screenshot({ path: join(pictures, `${name}-contrast.png`) });
    await this.page.emulateMedia({ colorScheme: "dark", forcedColors: "none" });
    await this.page.locator(".monaco-workbench.vs-dark").waitFor();
  }

  /** Saves what is on the screen when a test has failed. */
  async pictureOfFailure({ name, result }: RunnerTask): Promise<void> {
    if (result?.state === "fail") await this.picture(`FAILED ${name.replaceAll(/\W+/g, " ")}`);
  }

  /** Opens the sidebar of the extension. */
  async openSidebar(): Promise<void> {
    await this.page
      .locator('.activitybar .action-item a[aria-label^="LLMSpell State"]')
      .click({ timeout: 60_000 });
    await this.pane("State").waitFor();
    await this.page.mouse.move(640, 5);
  }

  /** A view of the sidebar by its title. */
  pane(title: string): Locator {
    // A view's label has its description between its name and this word.
    const header = this.page.locator(
      `.pane-header[aria-label^="${title} "][aria-label*=" Section"]`,
    );
    return this.page.locator(".sidebar .pane", { has: header });
  }

  /** The rows of a view that contain `text`. */
  row(title: string, text: string | RegExp): Locator {
    return this.pane(title).locator(".monaco-list-row", { hasText: text });
  }

  /** Opens a file of the folder through the quick open box. */
  async openFile(name: string): Promise<void> {
    const row = this.picked(name).first();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await (await this.quickInput("Control+P")).fill(name);
      if (await this.#taken(row)) break;
    }
    await this.page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor();
  }

  /**
   * Runs a command by its title in the palette; an ellipsis at its end may be left out. The palette
   * offers what could be done when it was opened, so it is opened again for one that it lacks.
   */
  async command(title: string): Promise<void> {
    const rows = [title, `${title}…`].flatMap((name) => [
      `[aria-label="${name}"]`,
      `[aria-label^="${name},"]`,
    ]);
    const row = this.page.locator(`${QUICK_INPUT} .monaco-list-row:is(${rows.join()})`).first();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await (await this.quickInput("F1")).fill(`>${title}`);
      const offered = row.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
      if (!(await offered)) await this.page.keyboard.press("Escape");
      else if (await this.#taken(row)) return;
    }
    throw new Error(`The palette does not offer ${title}.`);
  }

  /** Clicks a row of an open box; gives whether it was taken: one that is being drawn anew is not. */
  async #taken(row: Locator): Promise<boolean> {
    await row.click();
    return await row.waitFor({ state: "detached", timeout: 3_000 }).then(
      () => true,
      () => false,
    );
  }

  /**
   * The box that a key opens. Whatever takes the focus in that moment closes it, or keeps the key
   * from it: the key is pressed again.
   */
  async quickInput(key: string): Promise<Locator> {
    const box = this.page.locator(`${QUICK_INPUT} input[type=text]`);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await this.page.keyboard.press(key);
      const opened = box.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      if (await opened) return box;
    }
    throw new Error(`${key} opens no box.`);
  }

  /** Rows of the open quick pick that contain `text`. */
  picked(text: string | RegExp): Locator {
    return this.page.locator(`${QUICK_INPUT} .monaco-list-row`, { hasText: text });
  }

  /** Types into the input box with this title, when it is there, and leaves it open. */
  async typeInto(title: string, text: string): Promise<void> {
    const widget = this.page.locator(QUICK_INPUT, { hasText: title });
    await widget.locator("input[type=text]").fill(text);
  }

  /** Types into the open input box, unless what it offers is right, and takes it. */
  async answer(text?: string): Promise<void> {
    const box = this.page.locator(`${QUICK_INPUT} input[type=text]`);
    await box.waitFor();
    if (text !== undefined) await box.fill(text);
    await this.page.keyboard.press("Enter");
  }

  /**
   * Names a file or folder in the dialog with this title. It begins with a path of its own, and while
   * it lists folders it takes nothing.
   */
  async chooseFile(title: string, path: string): Promise<void> {
    const named = this.page.locator(".quick-input-title", { hasText: title });
    const dialog = this.page.locator(QUICK_INPUT, { has: named });
    const box = dialog.locator("input[type=text]");
    await dialog.locator(".monaco-list-row").first().waitFor();
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await box.fill(path);
      await dialog.locator(".quick-input-action .monaco-button").first().click();
      const closed = dialog.waitFor({ state: "hidden", timeout: 1_000 }).then(
        () => true,
        () => false,
      );
      if (await closed) return;
    }
    throw new Error(`The dialog does not take ${path}.`);
  }

  /** Opens the context menu of a row and takes an entry; a click right after opening is ignored. */
  async choose(row: Locator, entry: string): Promise<void> {
    await row.click({ button: "right" });
    await this.page.locator(".monaco-menu .action-item", { hasText: entry }).hover();
    await this.page.locator(".monaco-menu .action-item.focused", { hasText: entry }).waitFor();
    await this.page.keyboard.press("Enter");
    await this.page.locator(".monaco-menu").waitFor({ state: "detached" });
  }

  /** The tab of an open editor by its file's name. */
  tab(name: string): Locator {
    return this.page.locator(`.tabs-container .tab[data-resource-name="${name}"]`);
  }

  /** Lines of the open output channel that contain `text`. */
  output(text: string | RegExp): Locator {
    return this.page.locator(".panel .view-line", { hasText: text });
  }

  /** Types on a new line at the end of the active editor. */
  async typeAtEnd(text: string): Promise<void> {
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor();
    await this.page.keyboard.press("Control+End");
    await this.page.keyboard.press("Enter");
    await this.page.keyboard.type(text, { delay: 10 });
  }

  /** Writes a file of the folder, as another program would. */
  write(path: string, content: string | Uint8Array): void {
    writeFileSync(join(this.folder, path), content);
  }

  /** A file of the folder. */
  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator(".notification-toast", { hasText: text });
  }

  /**
   * Clicks a button that is gone when it was clicked, as those of notifications are: one that is being
   * moved by another notification loses the click.
   */
  async press(button: Locator): Promise<void> {
    await button.click({ timeout: 20_000 });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const gone = button.waitFor({ state: "detached", timeout: 2_000 }).then(
        () => true,
        () => false,
      );
      if (await gone) return;
      // It may have gone just now.
      await button.click({ timeout: 1_000 }).catch(() => {});
    }
  }

  dialog(): Locator {
    return this.page.locator(".monaco-dialog-box");
  }

  /** The line of the active editor that contains `text`. */
  line(text: string | RegExp): Locator {
    return this.page.locator(".editor-instance .view-line", { hasText: text });
  }

  /** Opens a file and puts the cursor on the first line that contains `text`. */
  async goTo(file: string, text: string): Promise<void> {
    const line = this.read(file)
      .split("\n")
      .findIndex((content) => content.includes(text));
    if (line === -1) throw new Error(`No line of ${file} contains ${text}.`);
    await this.openFile(file);
    await (await this.quickInput("Control+G")).fill(`:${line + 1}`);
    await this.page.keyboard.press("Enter");
    await this.line(text).first().waitFor();
  }

  /** Points at `text` in a file and waits for a hover that contains `expected`. */
  async hover(file: string, text: string, expected: string | RegExp): Promise<Locator> {
    await this.goTo(file, text);
    const hover = this.page.locator(".monaco-hover:visible", { hasText: expected }).first();
    const shown = () =>
      hover.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
    // Lenses that arrive move the lines away from under the mouse: it points again.
    for (let attempt = 0; attempt < 6; attempt += 1) {
      await this.page.mouse.move(200, 5);
      await this.#pointAt(text);
      if (await shown()) return hover;
    }
    const said = await this.page.locator(".monaco-hover:visible").allTextContents();
    throw new Error(`No hover over ${text} says ${expected}, but: ${said.join(" | ")}`);
  }

  /** Moves the mouse to the middle of `text`, unless its line is just being drawn anew. */
  async #pointAt(text: string): Promise<void> {
    const place = await this.page.evaluate(`(${PLACE_OF})(${JSON.stringify(text)})`);
    if (place === null) return;
    const { x, y } = place as { x: number; y: number };
    await this.page.mouse.move(x, y, { steps: 5 });
  }

  /** Runs the command line tool in the folder, as another process; gives its standard output. */
  cli(...args: string[]): string {
    return cli(this.folder, ...args);
  }

  /** Kills the language server the hard way. */
  killServer(): void {
    const server = join(this.#editor.home, "extensions");
    for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const command = commandLine(id);
      if (command.includes(server) && command.includes("server.cjs"))
        process.kill(Number(id), "SIGKILL");
    }
  }
}

/** Runs the command line tool on a folder, as another process; gives its standard output. */
export function cli(folder: string, ...args: string[]): string {
  const tool = join(root, "dist/cli.cjs");
  return execFileSync(process.execPath, [tool, ...args], { cwd: folder, encoding: "utf8" });
}

function commandLine(id: string): string {
  try {
    return readFileSync(join("/proc", id, "cmdline"), "utf8");
  } catch {
    return "";
  }
}
