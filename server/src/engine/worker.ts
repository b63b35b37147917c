/** Entry of an engine's worker thread that was given nothing of other rooms: see also `../engine-worker.ts`. */
import { runEngineThread } from "./worker-thread.ts";

runEngineThread({});
