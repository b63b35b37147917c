import { setTimeout as delay } from "node:timers/promises";
import { databaseAddress, describeAddress } from "../../../../shared/src/database-url.ts";
import { checkNamespace } from "../../../../shared/src/names.ts";
import type { Change } from "../../../../shared/src/protocol.ts";
import type { FeedEvent } from "../../engine/engine.ts";
import { ChangeFeed } from "../../engine/feed.ts";
import { openStateView } from "../../engine/view.ts";
import { usageError } from "../arguments.ts";
import type { Command } from "../command.ts";
import { isoTime, type Output } from "../output.ts";
import { storesAnything } from "../session.ts";

/** The longest a timer can be set for: some 24 days. */
const LONG = 2 ** 31 - 1;

export const watchState: Command = {
  name: "watch",
  usages: ["[NS]"],
  summary: "Print changes as they happen, whoever makes them, until Ctrl+C",
  words: [0, 1],
  completes: ["namespace"],
  options: {},
  run: async ({ session, output, args, signal }) => {
    const [ns] = args.words;
    const namespace = ns === undefined ? undefined : checkNamespace(ns);
    const configuration = await session.configuration();
    const { path, postgres, backupDir } = configuration;
    if (!storesAnything(configuration)) {
      throw usageError("There is nothing to watch: this configuration stores nothing.");
    }
    const view =
      postgres === undefined ? openStateView({ folder: path, backupDir }) : await session.store();
    // Only to fail at once where the state cannot be read.
    await view.revision();
    const where = postgres === undefined ? path : describeAddress(databaseAddress(postgres.url));
    const feed = new ChangeFeed(view, (event) => tell(event, namespace, output));
    const stopListening = "listen" in view ? view.listen?.(() => feed.poke()) : undefined;
    try {
      await feed.ready;
      output.note(`Watching ${where}; Ctrl+C ends it.`);
      while (!signal.aborted) await delay(LONG, undefined, { signal }).catch(() => undefined);
      return 130;
    } finally {
      await stopListening?.();
      await feed.close();
      await view.close();
    }
  },
};

function tell(event: FeedEvent, namespace: string | undefined, output: Output): void {
  if (event.kind === "reset") {
    output.note("Some changes could not be told one by one: read again what you show.");
    return;
  }
  for (const change of event.changes) {
    if (namespace === undefined || change.namespace === namespace) tellChange(change, output);
  }
}

function tellChange({ op, namespace, key, revision, at, origin }: Change, output: Output): void {
  const time = isoTime(at);
  if (output.json) output.jsonLine({ op, namespace, key, revision, at: time, origin });
  else output.text(`${time}  ${revision}  ${op}  ${namespace} ${key}  (${origin})\n`);
}
