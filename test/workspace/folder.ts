import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { KnownText } from "../../server/src/language/model.ts";
import type { ScriptUse } from "../../server/src/language/workspace-view.ts";
import {
  type IndexOptions,
  WorkspaceIndex,
} from "../../server/src/workspace/index/workspace-index.ts";

/** A worker that does nothing beside the index, from the sources: it starts sooner than the whole one. */
export const INDEX_WORKER = new URL("index-worker.ts", import.meta.url);

/** A folder of its own for one test, gone after it. */
export function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "llmspell-index-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) write(folder, path, text);
  return folder;
}

/** Writes a file and the folders around it. */
export function write(folder: string, path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** An index that is built; closed after the test. */
export async function builtIndex(
  folder: string,
  options: Partial<IndexOptions> = {},
): Promise<WorkspaceIndex> {
  const index = newIndex(folder, options);
  index.start();
  await index.settled();
  return index;
}

/** An index that has not begun; closed after the test. */
export function newIndex(folder: string, options: Partial<IndexOptions> = {}): WorkspaceIndex {
  const index = new WorkspaceIndex({ folder, worker: INDEX_WORKER, watch: false, ...options });
  onTestFinished(() => index.close());
  return index;
}

export function exact(text: string): KnownText {
  return { kind: "exact", text };
}

/** `profile:*` */
export function pattern(text: string): KnownText {
  const parts = text.split(/(\*)/).filter((part) => part !== "");
  return { kind: "pattern", parts: parts.map((part) => (part === "*" ? null : part)) };
}

/** `a.lua:3 save user/profile:*`: one use in one line, its line 1-based. */
export function useText({ file, memberPlace, member, namespace, key }: ScriptUse): string {
  const entry =
    key === undefined ? knownText(namespace) : `${knownText(namespace)}/${knownText(key)}`;
  return `${file}:${memberPlace.startLine + 1} ${member} ${entry}`;
}

function knownText(known: KnownText): string {
  if (known.kind === "unknown") return "?";
  return known.kind === "exact" ? known.text : known.parts.map((part) => part ?? "*").join("");
}

/** Uses as `useText` has them, of files in the order of their names. */
export function usesIn(index: WorkspaceIndex, ...files: readonly string[]): readonly string[] {
  return files.flatMap((file) => index.usesIn(file).map(useText));
}
