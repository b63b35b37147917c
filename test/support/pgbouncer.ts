import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, serverUser, skipLoudly, type TestPostgres } from "./postgres.ts";

const PROGRAM = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].find(existsSync);

/** Whether a PgBouncer can be started here; skipped and told as `postgresPresent` does it. */
export function pgbouncerPresent(): boolean {
  return PROGRAM !== undefined || skipLoudly("PgBouncer", "pgbouncer");
}

/** A PgBouncer in transaction mode, before a server of the tests. */
export class PgBouncer {
  readonly port: number;
  readonly #stop: () => Promise<void>;

  private constructor(port: number, stop: () => Promise<void>) {
    this.port = port;
    this.#stop = stop;
  }

  /**
   * @param settings lines of pgbouncer.ini
   * @param port a free one where none is given
   */
  static async start(
    server: TestPostgres,
    settings: readonly string[] = [],
    port?: number,
  ): Promise<PgBouncer> {
    const user = serverUser();
    if (PROGRAM === undefined || user === "none") throw new Error("There is no PgBouncer.");
    const folder = mkdtempSync(join(tmpdir(), "llmspell-pgbouncer-"));
    const at = port ?? (await freePort());
    const [file, users] = [join(folder, "pgbouncer.ini"), join(folder, "users.txt")];
    writeFileSync(users, `"llmspell" "${server.secrets[0]}"\n`);
    const lines = [
      "[databases]",
      `* = host=127.0.0.1 port=${server.port}`,
      "[pgbouncer]",
      ...["listen_addr = 127.0.0.1", `listen_port = ${at}`, "unix_socket_dir ="],
      ...["auth_type = scram-sha-256", `auth_file = ${users}`, "pool_mode = transaction"],
      ...settings,
    ];
    writeFileSync(file, `${lines.join("\n")}\n`);
    if (user !== undefined)
      for (const path of [folder, file, users]) chownSync(path, user.uid, user.gid);
    const pooler = spawn(PROGRAM, [file], { stdio: ["ignore", "ignore", "pipe"], ...user });
    process.once("exit", () => pooler.kill("SIGKILL"));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let log = "";
    pooler.stderr.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("process up")) resolve();
    });
    pooler.once("exit", () => reject(new Error(`PgBouncer ended: ${log}`)));
    await promise;
    return new PgBouncer(at, async () => {
      const exited = once(pooler, "exit");
      pooler.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true });
    });
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}
