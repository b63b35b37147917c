/** Entry of an engine's worker that was given nothing of other rooms: see also `../engine-worker.ts`. */
import { runEngine } from "./worker-side.ts";

runEngine({});
