/**
 * How long it takes from an acknowledged save in one process until a subscriber in another one has
 * been told of it.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { ChangeFeed } from "../../server/src/engine/feed.ts";
import { openStateView } from "../../server/src/engine/view.ts";
import { benchFolder, line, quantile, storeOptions } from "./support.ts";

const SAVES = 300;

const { path: root, remove } = benchFolder();
const options = storeOptions(root, "latency", 20);
const child = fork(new URL("../../test/engine/writer.process.ts", import.meta.url), [
  JSON.stringify(options),
]);
try {
  await once(child, "message");
  const view = openStateView(options);
  let heard: () => void = () => {};
  const feed = new ChangeFeed(view, () => heard());
  await feed.ready;
  const times: number[] = [];
  for (let n = 0; n < SAVES; n++) {
    const told = new Promise<number>((resolve) => {
      heard = () => resolve(performance.timeOrigin + performance.now());
    });
    child.send({ namespace: "n", key: "k", value: String(n) });
    const [[{ at }], then] = await Promise.all([once(child, "message"), told]);
    // The subscriber may hear of a commit before the writer's own process does.
    times.push(Math.max(0, then - at));
  }
  await feed.close();
  view.close();
  line("change to subscriber in another process, ms", "p50", "p95");
  line("(goal: median under 100)", quantile(times, 0.5), quantile(times, 0.95));
} finally {
  child.kill();
  remove();
}
