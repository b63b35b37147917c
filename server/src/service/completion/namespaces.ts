import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import { namespaceFault } from "../../../../shared/src/names.ts";
import { count, formatBytes } from "../format.ts";
import { namespacesIn, typedTimes } from "../script-names.ts";
import type { CompleteOptions, Completion, CompletionItem } from "../types.ts";
import { LISTED, sortable, type Target } from "./target.ts";

/** Namespaces that are stored (with what they hold), then those that only the script names. */
export async function completeNamespaces(
  { view, model, workspace }: CompleteOptions,
  { slot, use }: Target,
): Promise<Completion> {
  const prefix = STATE_MEMBERS.get(use.member)?.namespacePrefix ?? "";
  const wanted = prefix + slot.typed;
  const stored = ((await view?.namespaces()) ?? []).filter(({ namespace }) =>
    namespace.startsWith(prefix),
  );
  const isIncomplete = stored.length > LISTED;
  const listed = isIncomplete
    ? stored.filter(({ namespace }) => namespace.startsWith(wanted)).slice(0, LISTED)
    : stored;
  const known = new Map(listed.map((summary) => [summary.namespace, summary]));
  const elsewhere = workspace?.namespaces({ prefix: wanted, limit: LISTED });
  const inScript = namespacesIn(model, use).filter(
    ({ text }) => text.startsWith(prefix) && text !== prefix && !known.has(text),
  );
  const details = [
    ...listed.map(({ namespace, keys, bytes }) => ({
      namespace,
      detail: `${count(keys, "key")}, ${formatBytes(bytes)}`,
      stored: true,
    })),
    ...(elsewhere?.exact ?? [])
      .map(({ text, uses }) => ({
        text,
        uses: uses - typedTimes(model, use, "namespace", text),
      }))
      .filter(({ text, uses }) => uses > 0 && namespaceFault(text) === undefined)
      .filter(
        ({ text }) =>
          text !== prefix && !known.has(text) && !inScript.some((one) => one.text === text),
      )
      .map(({ text, uses }) => ({
        namespace: text,
        detail: `${count(uses, "use")} in this workspace`,
        stored: false,
      })),
    ...inScript.map(({ text, uses }) => ({
      namespace: text,
      detail: `${count(uses, "use")} in this script`,
      stored: false,
    })),
  ];
  const items = details.flatMap((detail, index): CompletionItem[] => {
    const part = slot.part(detail.namespace.slice(prefix.length));
    if (part === undefined) return [];
    return [
      {
        label: part.label,
        kind: prefix === "" ? "namespace" : "owner",
        detail: detail.detail,
        insertText: part.written,
        span: slot.span,
        sortText: sortable(index),
        filterText: part.written,
        ...(detail.stored
          ? { data: { kind: "namespace" as const, namespace: detail.namespace } }
          : {}),
      },
    ];
  });
  return { items, isIncomplete: isIncomplete || elsewhere?.more === true };
}
