import { type ApiRole, STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { StateView } from "../../engine/types.ts";
import type { StateUse } from "../../language/model.ts";
import { placeAt } from "../../language/place.ts";
import { describeEntry, describeNamespace } from "../describe.ts";
import type { CompleteOptions, Completion, CompletionData } from "../types.ts";
import { writtenPlace } from "../written-place.ts";
import { completeBackups } from "./backups.ts";
import { completeFields } from "./fields.ts";
import { completeKeys } from "./keys.ts";
import { completeMembers } from "./members.ts";
import { completeNamespaces } from "./namespaces.ts";
import { type Slot, slotAt, slotOf, slotWithin } from "./slot.ts";
import type { Target } from "./target.ts";
import { completeVersions } from "./versions.ts";

const NOTHING: Completion = { items: [], isIncomplete: false };

type Completer = (options: CompleteOptions, target: Target) => Promise<Completion>;

const COMPLETERS: Partial<Record<ApiRole, Completer>> = {
  namespace: completeNamespaces,
  owner: completeNamespaces,
  key: completeKeys,
  step: completeKeys,
  "backup-id": completeBackups,
  version: completeVersions,
};

/**
 * What can be written at an offset (UTF-16) of a script: members of State, namespaces, keys and the
 * like. Values in details are masked; documentation comes from `resolveCompletion`.
 */
export async function complete(options: CompleteOptions): Promise<Completion> {
  const { model, offset } = options;
  const place = placeAt(model, offset);
  if (place.kind === "member") {
    return options.leaveMembers ? NOTHING : completeMembers(options, place.use);
  }
  if (place.kind === "field") return await completeFields(options, place);
  const slot = place.kind === "argument" ? slotAt(model, offset, place.argument) : undefined;
  if (place.kind === "argument" && slot !== undefined) {
    return await completeArgument(options, place.use, place.index, slotWithin(slot, place.within));
  }
  const written = writtenPlace(model, offset);
  const elsewhere = written && slotOf(model, offset, written.piece);
  if (written === undefined || elsewhere === undefined) return NOTHING;
  const { use, index, argument } = written;
  return await completeArgument(options, use, index, slotWithin(elsewhere, argument.within));
}

async function completeArgument(
  options: CompleteOptions,
  use: StateUse,
  index: number,
  slot: Slot,
): Promise<Completion> {
  const role = STATE_MEMBERS.get(use.member)?.parameters[index]?.role;
  const completer = role && COMPLETERS[role];
  return completer === undefined || use.method ? NOTHING : await completer(options, { slot, use });
}

/** What an item's `data` names, as markdown; undefined when it is gone. `now` in ms since 1970. */
export async function resolveCompletion({
  data,
  view,
  now,
}: {
  readonly data: CompletionData;
  readonly view: StateView;
  readonly now: number;
}): Promise<string | undefined> {
  if (data.kind === "namespace") {
    const summary = await view.namespace(data.namespace);
    return summary && describeNamespace(summary, now);
  }
  const entry = await view.entry(data.namespace, data.key);
  return entry && describeEntry(entry, now);
}
