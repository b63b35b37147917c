import { isUtf8 } from "node:buffer";
import { createHash, type Hash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { Readable, Transform, type TransformOptions } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress, createZstdDecompress, type ZstdOptions } from "node:zlib";
import type { StateError } from "../../../../shared/src/errors.ts";
import { damagedBackup } from "./faults.ts";
import { openRegularFile } from "./files.ts";
import { readLines, type SavedLine } from "./lines.ts";
import type { Manifest } from "./manifest.ts";
import { compareNamed } from "./order.ts";

/** What was written to a data file. */
export interface BodySummary {
  readonly bodyBytes: number;
  readonly dataBytes: number;
  readonly dataSha256: string;
}

const CHUNK = 256 * 1024;
/** 8 MiB: the memory that decompression may take, whatever a file asks for. */
const WINDOW_LOG = 23;
const UNPACKING: ZstdOptions & TransformOptions = {
  chunkSize: CHUNK,
  // Some chunks ahead of whoever takes them: they are unpacked in another thread.
  readableHighWaterMark: 4 * CHUNK,
  params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG },
};
/** The longest line that is read, unless values may be larger. */
const LINE_LIMIT = 64 * 1024 * 1024;
const NEWLINE = 10;

/**
 * Writes chunks of lines, compressed, to a new file that only its owner can read, and syncs it.
 * A file that could not be finished stays: its caller removes it.
 */
export async function writeBody(
  path: string,
  chunks: AsyncIterable<string>,
  signal: AbortSignal | undefined,
): Promise<BodySummary> {
  const hash = createHash("sha256");
  let bodyBytes = 0;
  let dataBytes = 0;
  const pack = createZstdCompress({
    chunkSize: CHUNK,
    params: { [constants.ZSTD_c_checksumFlag]: 1 },
  });
  async function* encoded(): AsyncIterable<Buffer> {
    for await (const chunk of chunks) {
      const bytes = Buffer.from(chunk, "utf8");
      bodyBytes += bytes.length;
      yield bytes;
      // It has a thread of its own. Both at work would keep two processors from who answers an editor.
      if (pack.writableNeedDrain) await once(pack, "drain", { signal });
    }
  }
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      dataBytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(
    Readable.from(encoded(), { highWaterMark: 1 }),
    pack,
    tap,
    createWriteStream(path, { flags: "wx", mode: 0o600, flush: true, highWaterMark: CHUNK }),
    signal === undefined ? {} : { signal },
  );
  return { bodyBytes, dataBytes, dataSha256: hash.digest("hex") };
}

type Fail = (fault: string) => StateError;

/**
 * The lines of a backup's data file, in batches, every one checked. The file's checksum and the
 * manifest's counts are known to be right only when the last batch was taken: who acts before that
 * must be able to undo it. Memory is bounded whatever the file holds.
 * @param maxValueBytes the largest value that is expected
 * @throws StateError `damaged-backup`
 */
export async function* readBody(
  path: string,
  manifest: Manifest,
  maxValueBytes: number,
): AsyncGenerator<readonly SavedLine[]> {
  const fail: Fail = (fault) => damagedBackup(manifest.id, `${path} ${fault}`);
  const handle = await openRegularFile(path, manifest.id);
  try {
    const { size } = await handle.stat();
    if (size !== manifest.dataBytes) {
      throw fail(`has ${size} bytes where its manifest says ${manifest.dataBytes}.`);
    }
    const hash = createHash("sha256");
    const check = new LineCheck(manifest, fail);
    const limit = Math.max(LINE_LIMIT, 2 * maxValueBytes);
    for await (const block of blocksOfLines(
      decompressed(handle, manifest, hash, fail),
      limit,
      fail,
    )) {
      yield check.batch(block);
    }
    if (hash.digest("hex") !== manifest.dataSha256) throw fail("does not match its checksum.");
    check.end();
  } finally {
    await handle.close();
  }
}

/** What the file decompresses to, never more than the manifest says; the file's bytes are hashed. */
async function* decompressed(
  handle: FileHandle,
  manifest: Manifest,
  hash: Hash,
  fail: Fail,
): AsyncGenerator<Buffer> {
  const source = handle.createReadStream({ autoClose: false, highWaterMark: CHUNK });
  const unpack = createZstdDecompress(UNPACKING);
  let readError: unknown;
  source.on("data", (chunk) => hash.update(chunk));
  source.on("error", (error) => {
    readError = error;
    unpack.destroy(error);
  });
  source.pipe(unpack);
  let bytes = 0;
  try {
    for await (const chunk of unpack) {
      bytes += chunk.length;
      if (bytes > manifest.bodyBytes) {
        throw fail(`holds more than the ${manifest.bodyBytes} bytes that its manifest says.`);
      }
      yield chunk;
    }
  } catch (error) {
    if (readError !== undefined) throw readError;
    if (error instanceof Error && error.name !== "StateError") {
      throw fail(`cannot be decompressed (${error.message}).`);
    }
    throw error;
  } finally {
    source.destroy();
    unpack.destroy();
  }
  if (bytes !== manifest.bodyBytes) {
    throw fail(`holds ${bytes} bytes where its manifest says ${manifest.bodyBytes}.`);
  }
}

/** Whole lines as text, in blocks that end with a line's end. */
async function* blocksOfLines(
  chunks: AsyncIterable<Buffer>,
  limit: number,
  fail: Fail,
): AsyncGenerator<string> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const block = Buffer.concat([...pending, chunk.subarray(0, end)]);
      if (!isUtf8(block)) throw fail("holds text that is not UTF-8.");
      yield block.toString("utf8");
      pending = [];
      pendingBytes = 0;
    }
    if (end < chunk.length) {
      pending.push(chunk.subarray(end));
      pendingBytes += chunk.length - end;
    }
    if (pendingBytes > limit) {
      throw fail(`holds a line of more than ${limit} bytes; a larger max_value_bytes allows it.`);
    }
  }
  if (pendingBytes > 0) throw fail("ends in the middle of a line.");
}

/** Holds the lines against the manifest: order, revisions, counts. */
class LineCheck {
  readonly #manifest: Manifest;
  readonly #fail: Fail;
  #line = 0;
  #entries = 0;
  #deletions = 0;
  #last: SavedLine | undefined;

  constructor(manifest: Manifest, fail: Fail) {
    this.#manifest = manifest;
    this.#fail = fail;
  }

  /** The lines of a block. */
  batch(block: string): readonly SavedLine[] {
    return readLines(block).map((line) => this.#take(line));
  }

  #take(line: SavedLine | undefined): SavedLine {
    this.#line++;
    if (line === undefined) {
      throw this.#fail(`has a line ${this.#line} that is neither an entry nor a deletion.`);
    }
    if (this.#last !== undefined && compareNamed(this.#last, line) >= 0) {
      throw this.#fail(`has a line ${this.#line} that is out of order.`);
    }
    const { fromRevision, toRevision, kind } = this.#manifest;
    if (line.revision <= fromRevision || line.revision > toRevision) {
      throw this.#fail(
        `has revision ${line.revision} in line ${this.#line}, which is not in its manifest's range.`,
      );
    }
    if (line.value !== undefined) this.#entries++;
    else if (kind === "incremental") this.#deletions++;
    else throw this.#fail(`has a deletion in line ${this.#line}, in a full backup.`);
    this.#last = line;
    return line;
  }

  /** All lines were taken. */
  end(): void {
    const { entries, deletions } = this.#manifest;
    if (this.#entries === entries && this.#deletions === deletions) return;
    throw this.#fail(
      `holds ${this.#entries} entries and ${this.#deletions} deletions where its manifest says ${entries} and ${deletions}.`,
    );
  }
}
