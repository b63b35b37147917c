import { createHash } from "node:crypto";
import { type Problem, StateError, toProblem } from "../../../shared/src/errors.ts";
import type { StoreInfo } from "../../../shared/src/protocol.ts";
import { CONFIGURATION_FILES, loadConfiguration } from "../config/load.ts";
import type { LoadedConfiguration, StateConfiguration } from "../config/types.ts";
import { type EngineWorker, startEngineWorker } from "../engine/client.ts";
import type { FeedEvent } from "../engine/engine.ts";
import { ChangeFeed } from "../engine/feed.ts";
import { openStateView, type StateReader } from "../engine/view.ts";
import { engineOptions } from "./engine-options.ts";

export interface FolderOptions {
  readonly uri: string;
  /** For people. */
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly explicitFile: string | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly trusted: boolean;
  /** File of the engine's worker thread. */
  readonly engineWorker: string;
  readonly onChange: (folder: StateFolder, event: FeedEvent) => void;
}

/** The parts that stand on one configuration and go when it changes. */
interface Opened {
  readonly view: StateReader;
  readonly feed: ChangeFeed;
  writer: EngineWorker | undefined;
  jobs: EngineWorker | undefined;
}
