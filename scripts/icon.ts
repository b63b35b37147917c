/** Draws media/icon.png from media/icon.svg, after the drawing was changed: `node scripts/icon.ts`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { findChromium } from "./chromium.ts";

const media = join(import.meta.dirname, "../media");
const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
const drawing = readFileSync(join(media, "icon.svg"), "utf8");
await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${drawing}`);
await page.screenshot({ path: join(media, "icon.png"), omitBackground: true });
await browser.close();
