import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/**
 * The Chromium of this machine, as an absolute path.
 * @throws Error with the line to type when there is none.
 */
export function findChromium(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const name of NAMES) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutable);
    if (found !== undefined) return found;
  }
  throw new Error(
    "The UI tests need Chromium, and there is none on the PATH. On Debian, type:\n" +
      "  sudo apt-get update && sudo apt-get install -y chromium",
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
