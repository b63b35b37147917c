/**
 * Entry of the engine's worker thread, and of its process for long work: where everything that may wait
 * or take long happens. Here the engine meets what it does not know itself: the language of migrations,
 * and what a search must not find.
 */
import { join } from "node:path";
import { runEngine } from "./engine/worker-side.ts";
import { luaMigrations } from "./runner/migrations.ts";
import { searchEntries } from "./service/browse/search.ts";

runEngine({
  languages: [luaMigrations(join(__dirname, "runner-worker.cjs"))],
  search: searchEntries,
});
