import type { Page } from "playwright-core";

/** Runs in the page, which is not typed here. */
const WATCH = `(expected, unexpected) => {
  const shown = () => {
    const rows = [...document.querySelectorAll(".sidebar .monaco-list-row")];
    const isShown = (text) => rows.some((row) => row.textContent.includes(text));
    return expected.every(isShown) && !unexpected.some(isShown);
  };
  window.rowsSeen = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("Not seen: " + expected.join(" and "))), 20000);
    const look = () => {
      if (!shown()) return;
      observer.disconnect();
      // What is seen is drawn after this callback, and before what it asks for.
      requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
    };
    const observer = new MutationObserver(look);
    const sidebar = document.querySelector(".sidebar");
    observer.observe(sidebar, { subtree: true, childList: true, characterData: true });
    look();
  });
}`;

/**
 * Begins to look for the moment when the sidebar's rows hold `expected` (parts of the text of rows,
 * name and description without anything between them), and none holds `unexpected`.
 */
export async function watchRows(
  page: Page,
  expected: readonly string[],
  unexpected: readonly string[] = [],
): Promise<void> {
  await page.evaluate(`(${WATCH})(${JSON.stringify(expected)}, ${JSON.stringify(unexpected)})`);
}

/**
 * That moment, in milliseconds since 1970: the end of the first frame that shows them, by the page's
 * clock. Playwright's own waiting looks again after 20, 50, 100, 100 and then every 500 milliseconds,
 * which is no clock.
 */
export async function whenSeen(page: Page): Promise<number> {
  return Number(await page.evaluate("window.rowsSeen"));
}
