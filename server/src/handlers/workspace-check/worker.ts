/** Entry of the thread that checks the scripts of one workspace folder which nobody has open. */
import { isAbsolute, relative, sep } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { StateConfiguration } from "../../config/types.ts";
import { CachedView } from "../../engine/cached-view.ts";
import type { EngineOptions } from "../../engine/engine.ts";
import { openStore } from "../../engine/open-store.ts";
import type { StateView } from "../../engine/types.ts";
import { openStateView } from "../../engine/view.ts";
import type { ScriptModel } from "../../language/model.ts";
import { buildScriptModel } from "../../language/script-model.ts";
import { type Looked, lookAt } from "../../service/diagnose.ts";
import type { Elsewhere } from "../../service/rules/rule.ts";
import { findSecrets } from "../../service/sensitive/find-secrets.ts";
import { engineOptions } from "../../workspace/engine-options.ts";
import { FolderScripts } from "../../workspace/scripts-view.ts";
import { rangeOf } from "../positions.ts";
import type { PlacedFinding } from "../to-diagnostic.ts";
import type { CheckedScript, CheckPass, CheckWorkerData, FromCheckWorker } from "./wire.ts";

/** Scripts in one message. */
const BATCH = 20;
/** Findings of one script: they are a list to work through, and more come when it is opened. */
const LIMIT = 100;
const MAX_FILES = 10_000;
/** Every script is asked for uses of much the same names: what is not kept is put together anew each time. */
const KEPT_USES = 50_000;

const owner = parentPort;
if (owner === null) throw new Error("This file is the entry of a worker thread.");

const { folder } = workerData as CheckWorkerData;
let scripts: FolderScripts | undefined;
let skipped = "";
/** What the rules took from each script under `lookedUnder`; undefined: nothing is to be found in it. */
const looked = new Map<string, Looked | undefined>();
let lookedUnder = "";
let opened: OpenView | undefined;

interface OpenView {
  /** The options that it stands on. */
  readonly key: string;
  readonly view: StateView;
  /** Before each pass: what was kept of another moment goes. */
  readonly refresh: () => void;
  readonly close: () => Promise<void>;
}

owner.on("message", (pass: CheckPass) => void check(pass));

async function check(pass: CheckPass): Promise<void> {
  const { configuration, open, exclude } = pass;
  const known = scriptsFor(configuration, exclude);
  await look(known, pass);
  const elsewhere = { view: viewOf(configuration), workspace: known.view };
  let checked: CheckedScript[] = [];
  const done: string[] = [];
  for (const file of known.files()) {
    if (open.has(file)) continue;
    done.push(file);
    checked.push({ file, found: await findingsOf(file, elsewhere) });
    if (checked.length < BATCH) continue;
    post({ checked });
    checked = [];
  }
  post({ checked });
  post({ done });
}

/** Lets the rules take what they need from the scripts that are new to them. */
async function look(known: FolderScripts, pass: CheckPass): Promise<void> {
  const { configuration, ruleSettings, without, open } = pass;
  const settings = JSON.stringify([configuration, ruleSettings, without]);
  if (settings !== lookedUnder) looked.clear();
  lookedUnder = settings;
  for (const { file, model } of known.refresh(open)) {
    // Of an open one it is not asked what is wrong with it.
    if (model === undefined || open.has(file)) looked.delete(file);
    else looked.set(file, await lookAtModel(model));
  }
  const there = new Set(known.files());
  for (const file of [...looked.keys()]) if (!there.has(file)) looked.delete(file);
  for (const file of there) {
    if (looked.has(file) || open.has(file)) continue;
    const script = known.read(file);
    if (!("text" in script)) continue;
    looked.set(
      file,
      await lookAtModel(buildScriptModel(script.text, known.view.moduleLookup(file))),
    );
  }

  function lookAtModel(model: ScriptModel): Promise<Looked | undefined> {
    const secrets = findSecrets;
    return lookAt({
      model,
      configuration,
      ruleSettings,
      without,
      secrets,
      limit: LIMIT,
      fixes: "none",
    });
  }
}

async function findingsOf(file: string, elsewhere: Elsewhere): Promise<readonly PlacedFinding[]> {
  const taken = looked.get(file);
  if (taken === undefined) return [];
  // Nobody sees a hint in a file that is not open.
  const found = (await taken.conclude(elsewhere)).filter(({ severity }) => severity !== "hint");
  if (found.length === 0) return [];
  const document = TextDocument.create(file, "lua", 0, taken.text);
  return found.map(({ span, fixes: _, ...finding }) => ({
    ...finding,
    range: rangeOf(document, span),
  }));
}

function post(message: FromCheckWorker): void {
  owner?.postMessage(message);
}

/** The scripts without those in the state's own folders, which the configuration names. */
function scriptsFor(
  configuration: StateConfiguration | undefined,
  exclude: readonly string[],
): FolderScripts {
  const paths = configuration === undefined ? [] : [configuration.path, configuration.backupDir];
  const skip = paths
    .map((path) => relative(folder, path))
    .filter((path) => path !== "" && !path.startsWith("..") && !isAbsolute(path))
    .map((path) => path.split(sep).join("/"));
  const leftAlone = JSON.stringify([skip, exclude]);
  if (scripts === undefined || skipped !== leftAlone) {
    scripts = new FolderScripts(folder, { skip, exclude, maxFiles: MAX_FILES }, KEPT_USES);
    skipped = leftAlone;
    looked.clear();
  }
  return scripts;
}

/** What is stored; state in memory lives in another thread and is not looked at. */
function viewOf(configuration: StateConfiguration | undefined): StateView | undefined {
  const options = configuration && engineOptions(configuration);
  const key = JSON.stringify(options);
  if (opened?.key !== key) {
    void opened?.close();
    opened = options && openView(options, key);
  }
  opened?.refresh();
  return opened?.view;
}

function openView(options: EngineOptions, key: string): OpenView | undefined {
  if (options.backend === "memory") return undefined;
  if (options.backend === "sqlite") {
    const view = openStateView(options);
    return { key, view, refresh: () => {}, close: async () => view.close() };
  }
  const store = openStore(options);
  const view = new CachedView(store);
  return { key, view, refresh: () => view.forget(), close: () => store.close() };
}
