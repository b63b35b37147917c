/** Entry of an engine's worker thread that runs no migrations in code: see also `../engine-worker.ts`. */
import { runEngineThread } from "./worker-thread.ts";

runEngineThread([]);
