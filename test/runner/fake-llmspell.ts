import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A program in the place of llmspell, in a folder of its own: a shell script. */
export function fakeLlmspell(body: string) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmspell-")));
  const path = join(folder, "llmspell");
  writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  return { folder, path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
