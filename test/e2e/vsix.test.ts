import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { vsixFile } from "../../scripts/vsix.ts";

const file = vsixFile(join(import.meta.dirname, "../.."));

/** The names in a ZIP's central directory. */
function zipEntries(zip: Buffer): string[] {
  const names: string[] = [];
  const signature = Buffer.from("PK\x01\x02", "latin1");
  for (let at = zip.indexOf(signature); at !== -1; at = zip.indexOf(signature, at + 1)) {
    names.push(zip.toString("utf8", at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names.sort();
}

test("the VSIX is one small file for every platform, without a native addon", () => {
  expect(statSync(file).size).toBeLessThanOrEqual(1.5 * 1024 * 1024);
  expect(zipEntries(readFileSync(file))).toEqual([
    "[Content_Types].xml",
    "extension.vsixmanifest",
    "extension/LICENSE.txt",
    "extension/changelog.md",
    "extension/dist/client.cjs",
    "extension/dist/engine-worker.cjs",
    "extension/dist/language-server.cjs",
    "extension/dist/overview.css",
    "extension/dist/overview.js",
    "extension/dist/postgres.cjs",
    "extension/dist/runner-worker.cjs",
    "extension/dist/scripts-worker.cjs",
    "extension/dist/secretlint.cjs",
    "extension/dist/server.cjs",
    "extension/media/activity.svg",
    "extension/media/icon.png",
    "extension/media/lua/state.lua",
    "extension/media/walkthrough/check.svg",
    "extension/media/walkthrough/dry-run.svg",
    "extension/media/walkthrough/edit.svg",
    "extension/media/walkthrough/restore.svg",
    "extension/media/walkthrough/run.svg",
    "extension/package.json",
    "extension/package.nls.json",
    "extension/readme.md",
    "extension/schemas/llmspell-state.json",
    "extension/syntaxes/llmspell-state.tmLanguage.json",
  ]);
});
