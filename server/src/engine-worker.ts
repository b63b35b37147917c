/**
 * Entry of the engine's worker thread, where everything that may wait or take long happens. Here the
 * engine meets what it does not know itself: the language of migrations, and what a search must not find.
 */
import { join } from "node:path";
import { runEngineThread } from "./engine/worker-thread.ts";
import { luaMigrations } from "./runner/migrations.ts";
import { searchEntries } from "./service/browse/search.ts";

runEngineThread({
  languages: [luaMigrations(join(__dirname, "runner-worker.cjs"))],
  search: searchEntries,
});
