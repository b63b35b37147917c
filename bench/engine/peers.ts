import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Another store, as it is used for one key and one JSON text. */
export interface Peer {
  readonly name: string;
  readonly save: (key: string, value: string) => unknown;
  readonly load: (key: string) => unknown;
  readonly close: () => unknown;
}

// Packages of bench/package.json, which the product does not install: their types are not there.
interface KeyvModule {
  readonly Keyv: new (options: {
    store: unknown;
  }) => {
    set(key: string, value: unknown): Promise<unknown>;
    get(key: string): Promise<unknown>;
    disconnect(): Promise<void>;
  };
}
interface KeyvSqliteModule {
  readonly KeyvSqlite: new (options: { uri: string }) => { query(sql: string): Promise<unknown> };
}
interface LevelModule {
  readonly ClassicLevel: new (
    folder: string,
  ) => {
    open(): Promise<void>;
    put(key: string, value: string): Promise<void>;
    get(key: string): Promise<string | undefined>;
    close(): Promise<void>;
  };
}
interface LmdbModule {
  open(options: { path: string; noSync: boolean; encoding: "string" }): {
    putSync(key: string, value: string): unknown;
    get(key: string): unknown;
    close(): Promise<void>;
  };
}

/**
 * The other stores, each set to keep acknowledged writes through the death of its process and not
 * through a power cut, as SQLite's WAL with synchronous NORMAL does.
 */
export async function openPeers(root: string): Promise<readonly Peer[]> {
  return [await keyv(root), await level(root), lmdb(root)];
}

const load = createRequire(new URL("../package.json", import.meta.url));

async function keyv(root: string): Promise<Peer> {
  const { Keyv } = load("keyv") as KeyvModule;
  const { KeyvSqlite } = load("@keyv/sqlite") as KeyvSqliteModule;
  const store = new KeyvSqlite({ uri: `sqlite://${join(root, "keyv.db")}` });
  // The option `wal` is not heeded by the version at hand.
  await store.query("PRAGMA journal_mode = WAL");
  await store.query("PRAGMA synchronous = NORMAL");
  const cache = new Keyv({ store });
  return {
    name: "keyv with SQLite",
    save: (key, value) => cache.set(key, JSON.parse(value)),
    load: (key) => cache.get(key),
    close: () => cache.disconnect(),
  };
}

async function level(root: string): Promise<Peer> {
  const { ClassicLevel } = load("classic-level") as LevelModule;
  const database = new ClassicLevel(join(root, "level"));
  await database.open();
  return {
    name: "classic-level",
    save: (key, value) => database.put(key, value),
    load: (key) => database.get(key),
    close: () => database.close(),
  };
}

function lmdb(root: string): Peer {
  const { open } = load("lmdb") as LmdbModule;
  const path = join(root, "lmdb");
  mkdirSync(path);
  const database = open({ path, noSync: true, encoding: "string" });
  return {
    name: "lmdb",
    save: (key, value) => database.putSync(key, value),
    load: (key) => database.get(key),
    close: () => database.close(),
  };
}
