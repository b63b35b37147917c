import { EventEmitter } from "node:events";
import { makeProcessWay } from "./make-way.ts";
import { type EngineParts, openEngine } from "./open.ts";
import { serveEngine } from "./serve.ts";
import { shortPause } from "./short-pause.ts";
import type { FromEngine, FromJobs, ToJobs } from "./wire.ts";

/** What the process for the engine's long work does, from its start to its end. */
export function runEngineProcess(parts: EngineParts): void {
  makeProcessWay();
  process.once("message", (message: ToJobs) => {
    if (!("start" in message)) throw new Error("Nobody said what to work on.");
    const engine = openEngine(message.start, parts);
    const onChanged = (): void => tell({ changed: true });
    const options = { origin: undefined, onChanged, pause: shortPause };
    const settle = serveEngine(engine, new ChannelPort(), options);
    const end = async (): Promise<void> => {
      await settle();
      await engine.close().finally(() => process.exit());
    };
    process.on("message", (next: ToJobs) => {
      if ("close" in next) void end();
    });
    // Who started it may end without a word.
    process.once("disconnect", () => void end());
  });
}

/** The channel to who started this process, as a port that calls come over. */
class ChannelPort extends EventEmitter {
  constructor() {
    super();
    process.on("message", (message: ToJobs) => {
      if (!("start" in message || "close" in message)) this.emit("message", message);
    });
    process.once("disconnect", () => this.emit("close"));
  }

  postMessage(message: FromEngine): void {
    tell(message);
  }
}

function tell(message: FromJobs): void {
  // Whoever does not hear it any more has ended; `disconnect` says so.
  process.send?.(message, undefined, undefined, () => {});
}
