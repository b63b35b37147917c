import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import type { ScriptText } from "./script-graph.ts";
import { emptySummary } from "./summary.ts";

/** Beyond this not even a large file's bytes are looked through. */
const MAX_SEARCHED = 64 * 1024 * 1024;
const CHUNK = 1024 * 1024;
const WORDS = ["State", "_G", "_ENV", "require"].map((word) => Buffer.from(word));

/**
 * A script's text as the editor would show it: what is no UTF-8 becomes U+FFFD, a byte order mark is
 * no text. A file larger than `maxBytes` is not read; when it names nothing by which State could be
 * reached, it is known to do nothing. Never throws.
 * @param path absolute
 */
export function readScript(path: string, file: string, maxBytes: number): ScriptText {
  try {
    const handle = openSync(path, "r");
    try {
      const { size } = fstatSync(handle);
      if (size <= maxBytes) {
        return { text: new TextDecoder().decode(readFileSync(handle)) };
      }
      const harmless = size <= MAX_SEARCHED && !mentions(handle);
      return { summary: emptySummary(file, harmless ? undefined : "too-large") };
    } finally {
      closeSync(handle);
    }
  } catch {
    return { summary: emptySummary(file, "unreadable") };
  }
}

function mentions(handle: number): boolean {
  const longest = Math.max(...WORDS.map((word) => word.length));
  const buffer = Buffer.alloc(CHUNK + longest);
  let kept = 0;
  for (;;) {
    const read = readSync(handle, buffer, kept, CHUNK, null);
    if (read === 0) return false;
    const seen = buffer.subarray(0, kept + read);
    if (WORDS.some((word) => seen.includes(word))) return true;
    // A word may lie across two chunks.
    kept = Math.min(longest, seen.length);
    buffer.copyWithin(0, seen.length - kept, seen.length);
  }
}
