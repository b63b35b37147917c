// Preloaded into a server that is measured (`node --require`): notes when its thread did not come
// round, and writes a line of JSON for each stop of LOOP_STOPS_FROM ms or more to LOOP_STOPS_FILE:
// `{at, wall, cpu}`, the time it began (ms since 1970), its length, and the thread's CPU time in it.
const { appendFileSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");

const { LOOP_STOPS_FILE: file, LOOP_STOPS_FROM: from = "20" } = process.env;

if (isMainThread && file !== undefined) {
  const stops = [];
  let last = performance.now();
  let cpu = process.threadCpuUsage();
  setInterval(() => {
    const now = performance.now();
    const used = process.threadCpuUsage(cpu);
    if (now - last >= Number(from)) {
      const at = performance.timeOrigin + last;
      stops.push({ at, wall: now - last, cpu: (used.user + used.system) / 1000 });
    }
    last = performance.now();
    cpu = process.threadCpuUsage();
  }, 1).unref();
  process.on("exit", () => {
    appendFileSync(file, stops.map((stop) => `${JSON.stringify(stop)}\n`).join(""));
  });
}
