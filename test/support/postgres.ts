import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { PostgresOptions } from "../../server/src/engine/postgres/options.ts";

const DEBIAN = "/usr/lib/postgresql";
const PASSWORD = "s3cret/of@tests";

/** The folder of the newest PostgreSQL's programs; undefined: there is none. */
function findPrograms(): string | undefined {
  const given = process.env["LLMSPELL_POSTGRES_BIN"];
  if (given !== undefined) return given;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a));
  return newest.map((version) => join(DEBIAN, version, "bin")).find(hasServer);
}

function hasServer(folder: string): boolean {
  return existsSync(join(folder, "initdb"));
}

/**
 * Whether a PostgreSQL can be started here. Where not, the tests that need one are skipped, which is
 * said; in CI on Linux they fail.
 */
export function postgresPresent(): boolean {
  if (findPrograms() !== undefined && serverUser() !== "none") return true;
  return skipLoudly("PostgreSQL", "postgresql");
}

/** Says that tests are skipped, and gives false. @throws Error in CI on Linux, where all can be had */
export function skipLoudly(what: string, debianPackage: string): false {
  const lack = `There is no ${what} for the tests: apt-get install ${debianPackage}.`;
  if (process.env["CI"] !== undefined && process.platform === "linux") throw new Error(lack);
  console.warn(`SKIPPED: tests with ${what}. ${lack}`);
  return false;
}

/** The user that servers run as which refuse to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then as the user of Debian's package; "none": there is none. */
export function serverUser(): ServerUser | undefined | "none" {
  if (process.getuid?.() !== 0) return undefined;
  try {
    const id = (what: string) => Number(execFileSync("id", [what, "postgres"], { stdio: "pipe" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return "none";
  }
}

/** A PostgreSQL of the tests' own, on a free port, with a user and a database `llmspell`. */
export class TestPostgres {
  readonly port: number;
  readonly #folder: string;
  readonly #programs: string;
  readonly #user: ServerUser | undefined;
  #process: ReturnType<typeof spawn> | undefined;

  private constructor(
    folder: string,
    programs: string,
    user: ServerUser | undefined,
    port: number,
  ) {
    this.#folder = folder;
    this.#programs = programs;
    this.#user = user;
    this.port = port;
  }

  /** @param settings lines of postgresql.conf */
  static async start(settings: readonly string[] = ["fsync = off"]): Promise<TestPostgres> {
    const programs = findPrograms();
    const user = serverUser();
    if (programs === undefined || user === "none") throw new Error("There is no PostgreSQL.");
    const folder = mkdtempSync(join(tmpdir(), "llmspell-postgres-"));
    const password = join(folder, "password");
    writeFileSync(password, PASSWORD);
    giveTo(user, folder, password);
    const data = join(folder, "data");
    execFileSync(
      join(programs, "initdb"),
      [
        ...["-D", data, "-U", "llmspell", "--pwfile", password, "-E", "UTF8", "--locale=C.UTF-8"],
        ...["--auth=scram-sha-256", "--no-sync", "--no-instructions"],
      ],
      { stdio: "pipe", cwd: folder, ...user },
    );
    const server = new TestPostgres(folder, programs, user, await freePort());
    server.configure(["shared_buffers = '32MB'", "max_connections = 60", ...settings]);
    await server.#bootFirst();
    await server.createDatabase("llmspell");
    return server;
  }

  /** Starts a standby of this server, which follows its changes and is read only. */
  async standby(): Promise<TestPostgres> {
    const folder = mkdtempSync(join(tmpdir(), "llmspell-standby-"));
    giveTo(this.#user, folder);
    execFileSync(
      join(this.#programs, "pg_basebackup"),
      [
        ...["-D", join(folder, "data"), "-d", this.url({ database: "postgres" })],
        ...["--write-recovery-conf", "--checkpoint=fast", "--no-sync"],
      ],
      { stdio: "pipe", cwd: folder, ...this.#user },
    );
    const server = new TestPostgres(folder, this.#programs, this.#user, await freePort());
    await server.#bootFirst();
    return server;
  }

  /** Lets the server speak TLS too, from now on. */
  async offerTls({ certificate, key }: { certificate: string; key: string }): Promise<void> {
    for (const [name, text] of Object.entries({ "server.crt": certificate, "server.key": key })) {
      const file = join(this.#folder, "data", name);
      writeFileSync(file, text, { mode: 0o600 });
      giveTo(this.#user, file);
    }
    this.configure(["ssl = on"]);
    await this.run("SELECT pg_reload_conf()");
  }

  async #bootFirst(): Promise<void> {
    this.configure([
      `port = ${this.port}`,
      "listen_addresses = '127.0.0.1'",
      `unix_socket_directories = '${this.#folder}'`,
    ]);
    process.once("exit", () => this.#process?.kill("SIGQUIT"));
    await this.boot();
  }

  /** Adds lines to postgresql.conf, for the next start. */
  configure(lines: readonly string[]): void {
    appendFileSync(join(this.#folder, "data", "postgresql.conf"), `${lines.join("\n")}\n`);
  }

  /** Puts lines before all others of pg_hba.conf, for the next start. */
  allow(lines: readonly string[]): void {
    const file = join(this.#folder, "data", "pg_hba.conf");
    const text = execFileSync("cat", [file]).toString();
    writeFileSync(file, `${lines.join("\n")}\n${text}`);
  }

  /** Starts the server, and waits until it takes connections. */
  async boot(): Promise<void> {
    const server = spawn(join(this.#programs, "postgres"), ["-D", join(this.#folder, "data")], {
      stdio: ["ignore", "ignore", "pipe"],
      cwd: this.#folder,
      ...this.#user,
    });
    this.#process = server;
    let log = "";
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (/ready to accept (read-only )?connections/.test(log)) resolve();
    });
    server.once("exit", () => reject(new Error(`PostgreSQL ended: ${log}`)));
    await promise;
  }

  /** Ends the server at once, as when its machine's power is cut, and waits until it is gone. */
  async kill(): Promise<void> {
    const server = this.#process;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    server.removeAllListeners("exit");
    const exited = once(server, "exit");
    // SIGQUIT: every process of it ends without a word; SIGKILL would leave its shared memory.
    server.kill("SIGQUIT");
    await exited;
  }

  /** The options of a store, a new one where none is named. */
  options(more: Partial<PostgresOptions> = {}): PostgresOptions {
    return {
      url: this.url(),
      schema: "llmspell_state",
      store: `test-${randomUUID()}`,
      poolSize: 4,
      connectTimeoutMs: 5000,
      requestTimeoutMs: 10_000,
      ...more,
    };
  }

  url({
    user = "llmspell",
    password = PASSWORD,
    database = "llmspell",
    port = this.port,
    query = "",
  } = {}): string {
    return `postgres://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}${query}`;
  }

  /** What must never be seen anywhere. */
  get secrets(): readonly string[] {
    return [PASSWORD, encodeURIComponent(PASSWORD)];
  }

  async createDatabase(name: string, how = ""): Promise<void> {
    await this.run(`CREATE DATABASE ${name} ${how}`, "postgres");
  }

  /** Runs SQL as the superuser and gives the rows. */
  async run(sql: string, database = "llmspell"): Promise<readonly Record<string, unknown>[]> {
    const { newClient } = await import("../../server/src/engine/postgres/driver.ts");
    const client = newClient({ connectionString: this.url({ database }) });
    await client.connect();
    try {
      const answers = await client.query(sql);
      const last = Array.isArray(answers) ? answers.at(-1) : answers;
      return last?.rows ?? [];
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await this.kill();
    // Its processes may still hold files for a moment.
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        rmSync(this.#folder, { recursive: true, force: true });
        return;
      } catch {
        await delay(50);
      }
    }
  }
}

function giveTo(user: ServerUser | undefined, ...paths: readonly string[]): void {
  if (user === undefined) return;
  for (const path of paths) chownSync(path, user.uid, user.gid);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
