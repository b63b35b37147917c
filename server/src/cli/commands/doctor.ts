import { databaseAddress, describeAddress } from "../../../../shared/src/database-url.ts";
import { toProblem } from "../../../../shared/src/errors.ts";
import { inspectStore } from "../../engine/inspect.ts";
import { inspectDatabase } from "../../engine/postgres/inspect.ts";
import { engineOptions } from "../../workspace/engine-options.ts";
import type { Command, CommandContext } from "../command.ts";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
}

export const doctor: Command = {
  name: "doctor",
  usages: [""],
  summary: "Look whether configuration, runtime, file system, store and backups are sound",
  words: [0, 0],
  options: {},
  run: async (context) => {
    const checks: Check[] = [await checkConfiguration(context)];
    const { configuration } = await context.session.loaded();
    if (configuration === undefined) {
      checks.push(...inspectStore({ backend: "memory", folder: "" }));
    } else {
      const options = engineOptions(configuration);
      checks.push(...inspectStore(options));
      if (options.postgres !== undefined) checks.push(...(await inspectDatabase(options.postgres)));
      checks.push(await checkBackups(context));
    }
    const ok = checks.every((check) => check.ok);
    const { output } = context;
    output.answer({ ok, checks: checks.map((check) => ({ ...check })) }, () =>
      checks
        .map((check) => {
          const mark = check.ok ? output.style("green", "ok  ") : output.style("red", "FAIL");
          return `${mark}  ${check.name}: ${check.message}`;
        })
        .join("\n"),
    );
    return ok ? 0 : 1;
  },
};

async function checkConfiguration({ session }: CommandContext): Promise<Check> {
  const name = "configuration";
  try {
    const configuration = await session.configuration();
    const { file, path, backend, enabled } = configuration;
    const { postgres } = engineOptions(configuration);
    const from =
      file === undefined ? "There is no llmspell.toml: defaults are used" : `${file} is sound`;
    const lies =
      postgres === undefined ? path : `${describeAddress(databaseAddress(postgres.url))}, shared`;
    const where = backend === "memory" || !enabled ? "nothing is stored" : `state lies in ${lies}`;
    return { name, ok: true, message: `${from}; ${where}.` };
  } catch (error) {
    const { message, next } = toProblem(error);
    return { name, ok: false, message: `${message} ${next}` };
  }
}

/** The newest backup byte by byte, the others by their manifests. */
async function checkBackups({ session, signal }: CommandContext): Promise<Check> {
  const name = "backups";
  try {
    const engine = await session.engine();
    const backups = await engine.backups();
    const damaged: string[] = [];
    for (const [index, { id }] of backups.entries()) {
      const { isValid } = await engine.verifyBackup(id, { quick: index > 0 }, { signal });
      if (!isValid) damaged.push(id);
    }
    if (damaged.length > 0) {
      const message = `Damaged: ${damaged.join(", ")}. See llmspell-state backup verify, delete them and make a new one.`;
      return { name, ok: false, message };
    }
    const [newest] = backups;
    const message =
      newest === undefined
        ? "There are none: llmspell-state backup create makes one."
        : `${backups.length}, the newest of ${new Date(newest.createdAt).toISOString()}, all good.`;
    return { name, ok: true, message };
  } catch (error) {
    // Who was interrupted has found nothing wrong.
    if (signal.aborted) throw error;
    const { message, next } = toProblem(error);
    return { name, ok: false, message: `${message} ${next}` };
  }
}
