/**
 * Entry of the engine's worker thread, where everything that may wait or take long happens. Here the
 * engine meets the language of migrations, which it does not know itself.
 */
import { join } from "node:path";
import { runEngineThread } from "./engine/worker-thread.ts";
import { luaMigrations } from "./runner/migrations.ts";

runEngineThread([luaMigrations(join(__dirname, "runner-worker.cjs"))]);
