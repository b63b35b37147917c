import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { APPLICATION_VERSION } from "../../../../shared/src/version.ts";
import { sharedNumbers } from "./packed-uses.ts";
import type { KnownScript } from "./script-graph.ts";
import type { FileSummary } from "./summary.ts";

/** Changed whenever what is kept, or how it is found out, changes. */
const FORMAT = 6;
/** A larger file is not read back. */
const MAX_BYTES = 256 * 1024 * 1024;
/** A file that was read so soon (ms) after it was written may have been written once more since. */
const TOO_SOON = 100;
/** Characters that are written at a time, so that there is never a second copy of everything. */
const PIECE = 32 * 1024;

export type CachedScript = KnownScript & { readonly stamp: string };

interface Kept {
  readonly stamp: string;
  readonly summary: FileSummary;
}

/**
 * What was found out about scripts, kept in one file between two starts. A file that is damaged, or
 * of another version, counts as none.
 */
export class SummaryCache {
  readonly #path: string;
  readonly #kept = new Map<string, Kept>();
  #changed = false;

  /** @param path absolute; its folder is made with the first write */
  constructor(path: string) {
    this.#path = path;
  }

  /** What was kept; none of it is checked against the scripts as they are now. */
  read(): readonly CachedScript[] {
    try {
      if (statSync(this.#path).size > MAX_BYTES) return [];
      const text = readFileSync(this.#path, "utf8");
      const end = text.indexOf("\n");
      const body = text.slice(end + 1);
      if (text.slice(0, end) !== header(checksumOf(body))) return [];
      const scripts = body
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => fromJson(line));
      for (const { stamp, summary } of scripts) {
        this.#kept.set(summary.file, { stamp, summary });
      }
      return scripts;
    } catch {
      return [];
    }
  }

  /** Keeps a summary for the next `write`. @param stamp of the file as it was read */
  keep(summary: FileSummary, stamp: string | undefined): void {
    this.#changed = true;
    if (stamp === undefined || summary.skipped !== undefined || isRecent(stamp)) {
      this.#kept.delete(summary.file);
    } else {
      this.#kept.set(summary.file, { stamp, summary });
    }
  }

  forget(file: string): void {
    if (this.#kept.delete(file)) this.#changed = true;
  }

  /** Writes what is kept, whole or not at all. @param linksOf undefined: not to be written */
  write(linksOf: (file: string) => Omit<KnownScript, "summary"> | undefined): void {
    if (!this.#changed) return;
    const beside = `${this.#path}.${process.pid}.tmp`;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      writeChecked(beside, pieces(this.#lines(linksOf)));
      renameSync(beside, this.#path);
      this.#changed = false;
    } catch {
      // A start without it takes longer; nothing else depends on it.
    }
  }

  *#lines(
    linksOf: (file: string) => Omit<KnownScript, "summary"> | undefined,
  ): Generator<string, void, void> {
    for (const [file, { stamp, summary }] of this.#kept) {
      const links = linksOf(file);
      if (links !== undefined) yield toJson({ stamp, ...links, summary });
    }
  }
}

/** Lines, each ended, in pieces that are worth a write. */
function* pieces(lines: Iterable<string>): Generator<string, void, void> {
  let piece = "";
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

/** Writes a body below its header, whose checksum is known at the end. */
function writeChecked(path: string, body: Iterable<string>): void {
  const hash = createHash("sha256");
  const file = openSync(path, "w", 0o600);
  try {
    writeFileSync(file, `${header("0".repeat(64))}\n`);
    for (const piece of body) {
      hash.update(piece);
      writeFileSync(file, piece);
    }
    writeSync(file, header(hash.digest("hex")), 0);
  } finally {
    closeSync(file);
  }
}

function header(checksum: string): string {
  return `llmspell-state-index ${FORMAT} ${APPLICATION_VERSION} ${checksum}`;
}

function checksumOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}

function isRecent(stamp: string): boolean {
  const [modified, changed] = stamp.split(" ").map(Number);
  return Date.now() - Math.max(modified ?? 0, changed ?? 0) < TOO_SOON;
}

function toJson({ summary, ...rest }: CachedScript): string {
  const { uses } = summary;
  const numbers = [...uses.numbers];
  return JSON.stringify({ ...rest, summary: { ...summary, uses: { ...uses, numbers } } });
}

function fromJson(line: string): CachedScript {
  const { summary, ...rest } = JSON.parse(line);
  const { numbers: kept, texts } = summary.uses;
  const numbers = sharedNumbers(kept.length);
  numbers.set(kept);
  return { ...rest, summary: { ...summary, uses: { numbers, texts } } };
}
