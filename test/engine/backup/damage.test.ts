import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { listBackups } from "../../../server/src/engine/backup/catalog.ts";
import { createBackup } from "../../../server/src/engine/backup/create.ts";
import { diffBackup } from "../../../server/src/engine/backup/diff.ts";
import type { Manifest } from "../../../server/src/engine/backup/manifest.ts";
import { printManifest, readManifest, sha256 } from "../../../server/src/engine/backup/manifest.ts";
import type { BackupPlace } from "../../../server/src/engine/backup/place.ts";
import { restoreBackup } from "../../../server/src/engine/backup/restore.ts";
import { verifyBackup } from "../../../server/src/engine/backup/verify.ts";
import type { Store } from "../../../server/src/engine/types.ts";
import { contents } from "./stores.ts";
import { temporaryFolder, workspace } from "./support.ts";

const RUNS = process.env["LLMSPELL_LONG"] ? 2000 : 150;
const full = { incremental: false, reason: "asked" } as const;
const incremental = { incremental: true, reason: "asked" } as const;

interface Chain {
  readonly store: Store;
  readonly place: BackupPlace;
  readonly parent: string;
  readonly child: string;
}

/** A full backup and an incremental one that builds on it; the store has moved on. */
async function chain(): Promise<Chain> {
  const { store, place } = workspace();
  for (let index = 0; index < 40; index++) {
    await store.save("cli", `space:${index % 3}`, `key-${index}`, `{"index":${index}}`);
  }
  const parent = await createBackup(store, place, full);
  for (let index = 0; index < 10; index++)
    await store.save("cli", "space:1", `key-${index}`, "1.5");
  await store.delete("cli", "space:2", "key-2");
  const child = await createBackup(store, place, incremental);
  expect(child.parentId).toBe(parent.id);
  await store.save("cli", "later", "key", "1");
  return { store, place, parent: parent.id, child: child.id };
}

function manifestOf(place: BackupPlace, id: string): Manifest {
  const reading = readManifest(readFileSync(join(place.folder, `${id}.json`), "utf8"), id);
  if (reading.fault !== undefined) throw new Error(reading.fault);
  return reading.manifest;
}

/** Writes a manifest that says something else and has its own checksum right. */
function lie(place: BackupPlace, id: string, change: Partial<Manifest>): void {
  const text = printManifest({ ...manifestOf(place, id), ...change });
  writeFileSync(join(place.folder, `${id}.json`), text);
}

/** Replaces a backup's lines and makes every checksum right again. */
function rewrite(place: BackupPlace, id: string, change: (lines: string) => string): void {
  const path = join(place.folder, `${id}.jsonl.zst`);
  const body = change(zstdDecompressSync(readFileSync(path)).toString("utf8"));
  const data = zstdCompressSync(body);
  writeFileSync(path, data);
  lie(place, id, {
    bodyBytes: Buffer.byteLength(body),
    dataBytes: data.length,
    dataSha256: sha256(data),
  });
}

/** Verify says no, restore and diff refuse, and the store is as it was. */
async function expectRefused(
  { store, place }: Pick<Chain, "store" | "place">,
  id: string,
  fault: RegExp | undefined,
): Promise<void> {
  const before = await contents(store);
  const backups = readdirSync(place.folder).filter((name) => name.endsWith(".json")).length;
  const { isValid, errors } = await verifyBackup(place, id, { quick: false });
  expect(isValid).toBe(false);
  if (fault !== undefined) expect(errors.join("\n")).toMatch(fault);
  await expect(restoreBackup(store, place, id, {})).rejects.toMatchObject({
    code: "damaged-backup",
  });
  await expect(diffBackup(store, place, id, {})).rejects.toMatchObject({ code: "damaged-backup" });
  expect(await contents(store)).toEqual(before);
  expect((await listBackups(place)).find((head) => head.id === id)?.verified).toBe(false);
  expect(readdirSync(place.folder).filter((name) => name.endsWith(".json"))).toHaveLength(backups);
}

type Mutation = (bytes: Buffer) => Buffer;

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (bytes: Buffer, fraction: number) => Math.floor(bytes.length * fraction);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(position, fc.integer({ min: 0, max: 7 })).map(
    ([where, bit]): Mutation =>
      (bytes) => {
        const flipped = Buffer.from(bytes);
        const index = at(bytes, where);
        flipped[index] = (flipped[index] ?? 0) ^ (1 << bit);
        return flipped;
      },
  ),
  position.map(
    (where): Mutation =>
      (bytes) =>
        bytes.subarray(0, at(bytes, where)),
  ),
  fc.uint8Array({ minLength: 1, maxLength: 20 }).map(
    (more): Mutation =>
      (bytes) =>
        Buffer.concat([bytes, more]),
  ),
  fc.tuple(position, position).map(
    ([first, second]): Mutation =>
      (bytes) => {
        const [from, to] = [at(bytes, Math.min(first, second)), at(bytes, Math.max(first, second))];
        return Buffer.concat([
          bytes.subarray(to),
          bytes.subarray(from, to),
          bytes.subarray(0, from),
        ]);
      },
  ),
  fc.tuple(position, fc.uint8Array({ minLength: 1, maxLength: 8 })).map(
    ([where, piece]): Mutation =>
      (bytes) =>
        Buffer.concat([
          bytes.subarray(0, at(bytes, where)),
          piece,
          bytes.subarray(at(bytes, where)),
        ]),
  ),
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })).map(
    ([from, to]): Mutation =>
      (bytes) =>
        Buffer.from(bytes.toString("latin1").replace(String(from), String(to)), "latin1"),
  ),
);

describe("a damaged backup", () => {
  it(
    "is found by verify and refused by restore, whatever changed in its files",
    async () => {
      const made = await chain();
      const pristine = temporaryFolder();
      cpSync(made.place.folder, pristine, { recursive: true });
      const files = readdirSync(pristine);
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...files), mutation, async (file, mutate) => {
          const bytes = readFileSync(join(pristine, file));
          const mutated = mutate(bytes);
          fc.pre(!mutated.equals(bytes));
          writeFileSync(join(made.place.folder, file), mutated);
          await expectRefused(made, made.child, undefined);
          rmSync(made.place.folder, { recursive: true });
          cpSync(pristine, made.place.folder, { recursive: true });
        }),
        { numRuns: RUNS, seed: 4 },
      );
      expect((await verifyBackup(made.place, made.child, { quick: false })).isValid).toBe(true);
    },
    RUNS * 300,
  );

  it.each<[string, (made: Chain) => void, RegExp]>([
    ["count", ({ place, child }) => lie(place, child, { entries: 9 }), /holds 10 entries/],
    ["deletions", ({ place, child }) => lie(place, child, { deletions: 7 }), /and 1 deletions/],
    [
      "size",
      ({ place, child }) => lie(place, child, { dataBytes: 12 }),
      /bytes where its manifest says 12/,
    ],
    [
      "unpacked size",
      ({ place, child }) => lie(place, child, { bodyBytes: 12 }),
      /more than the 12 bytes/,
    ],
    [
      "larger unpacked size",
      ({ place, child }) => lie(place, child, { bodyBytes: 1e6 }),
      /manifest says 1000000/,
    ],
    [
      "hash",
      ({ place, child }) => lie(place, child, { dataSha256: "0".repeat(64) }),
      /does not match its checksum/,
    ],
    [
      "revisions",
      ({ place, child }) => lie(place, child, { toRevision: 41 }),
      /not in its manifest's range/,
    ],
    [
      "beginning",
      ({ place, child }) => lie(place, child, { fromRevision: 39 }),
      /does not begin where its parent ends/,
    ],
    ["store", ({ place, child }) => lie(place, child, { storeId: "other" }), /of different stores/],
    [
      "parent's hash",
      ({ place, child }) => lie(place, child, { parentManifestSha256: "1".repeat(64) }),
      /made for another parent/,
    ],
    [
      "parent",
      ({ place, child }) => lie(place, child, { parentId: "backup_20200101T000000000Z_abcdef" }),
      /abcdef is missing/,
    ],
    [
      "itself as parent",
      ({ place, child }) => lie(place, child, { parentId: child }),
      /circle|another parent/,
    ],
    [
      "path as parent",
      ({ place, child }) => lie(place, child, { parentId: "../../etc/passwd" }),
      /names a parent that is no backup/,
    ],
    [
      "id",
      ({ place, child }) => lie(place, child, { id: "backup_20200101T000000000Z_abcdef" }),
      /names the backup/,
    ],
    ["time", ({ place, child }) => lie(place, child, { createdAt: 0 }), /another time/],
    [
      "changed parent",
      ({ place, parent }) => lie(place, parent, { schemaVersion: "9.9.9" }),
      /made for another parent/,
    ],
    [
      "no deletions allowed",
      ({ place, child }) =>
        lie(place, child, {
          kind: "full",
          fromRevision: 0,
          parentId: undefined,
          parentManifestSha256: undefined,
        }),
      /full backup/,
    ],
  ])("that lies about its %s is refused", async (_what, tamper, fault) => {
    const made = await chain();
    tamper(made);
    await expectRefused(made, made.child, fault);
  });

  it.each<[string, (lines: string) => string, RegExp]>([
    [
      "re-ordered lines",
      (lines) => `${lines.trimEnd().split("\n").reverse().join("\n")}\n`,
      /out of order/,
    ],
    ["a line twice", (lines) => `${lines.split("\n")[0]}\n${lines}`, /out of order/],
    ["a missing line", (lines) => lines.slice(lines.indexOf("\n") + 1), /entries and/],
    ["a cut line", (lines) => lines.slice(0, -5), /middle of a line/],
    [
      "a key that is not allowed",
      (lines) => lines.replace("key-1", "../key"),
      /line \d+ that is neither/,
    ],
    [
      "a namespace that is not allowed",
      (lines) => lines.replace("space:1", "space 1"),
      /line \d+ that is neither/,
    ],
    ["null", (lines) => lines.replace('"value":1.5', '"value":null'), /line \d+ that is neither/],
    [
      "two values",
      (lines) => lines.replace('"value":1.5', '"value":1.5,"value":2'),
      /line \d+ that is neither/,
    ],
    ["no JSON", (lines) => lines.replace("{", "("), /line \d+ that is neither/],
  ])("whose checksums are right but which holds %s is refused", async (_what, change, fault) => {
    const made = await chain();
    rewrite(made.place, made.child, change);
    await expectRefused(made, made.child, fault);
  });

  it.each([
    ["an endless line", Buffer.alloc(200 * 1024 * 1024, 0x20)],
    ["endless empty lines", Buffer.alloc(200 * 1024 * 1024, 0x0a)],
  ])("that is a decompression bomb with %s is refused early", async (_what, bomb) => {
    const made = await chain();
    const data = zstdCompressSync(bomb);
    expect(data.length).toBeLessThan(100_000);
    writeFileSync(join(made.place.folder, `${made.child}.jsonl.zst`), data);
    lie(made.place, made.child, { dataBytes: data.length, dataSha256: sha256(data) });
    await expectRefused(made, made.child, /more than the \d+ bytes/);
    lie(made.place, made.child, { bodyBytes: bomb.length });
    await expectRefused(made, made.child, /a line of more than|line 1 that/);
  });

  it("whose files are symbolic links is refused", async () => {
    const made = await chain();
    const elsewhere = temporaryFolder();
    for (const suffix of [".jsonl.zst", ".json"]) {
      const path = join(made.place.folder, made.child + suffix);
      cpSync(path, join(elsewhere, "target"));
      rmSync(path);
      symlinkSync(join(elsewhere, "target"), path);
      await expectRefused(made, made.child, /is a symbolic link/);
    }
  });

  it("whose files are missing is refused, and another one still restores", async () => {
    const made = await chain();
    rmSync(join(made.place.folder, `${made.child}.jsonl.zst`));
    await expectRefused(made, made.child, /is missing/);
    expect(await restoreBackup(made.store, made.place, made.parent, {})).toMatchObject({
      entriesRestored: 40,
    });
  });

  it("is no parent: an incremental backup becomes a full one and says so", async () => {
    const made = await chain();
    const path = join(made.place.folder, `${made.parent}.jsonl.zst`);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const backup = await createBackup(made.store, made.place, incremental);
    expect(backup).toMatchObject({ kind: "full", parentId: undefined });
    expect(backup.note).toMatch(/^A full backup was made, since .*does not match its checksum\.$/);
    expect((await verifyBackup(made.place, backup.id, { quick: false })).isValid).toBe(true);
  });
});

describe("a backup's id", () => {
  it.each([
    "../state",
    "..",
    "",
    "/etc/passwd",
    "backup_x",
    "backup_20261399T000000000Z_abcdef",
    "a\0b",
  ])("%j is refused", async (id) => {
    const { store, place } = workspace();
    const refused = { code: "invalid-backup-id" };
    await expect(verifyBackup(place, id, { quick: true })).rejects.toMatchObject(refused);
    await expect(restoreBackup(store, place, id, {})).rejects.toMatchObject(refused);
  });

  it("that no backup has is refused with the way to find the right one", async () => {
    const { store, place } = workspace();
    const work = restoreBackup(store, place, "backup_20200101T000000000Z_abcdef", {});
    await expect(work).rejects.toMatchObject({
      code: "unknown-backup",
      next: expect.stringContaining("backup list"),
    });
  });
});
