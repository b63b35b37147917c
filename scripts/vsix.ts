import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where `npm run package` leaves the packed extension of the checkout at `root`. */
export function vsixFile(root: string): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return join(root, `llmspell-state-${version}.vsix`);
}
