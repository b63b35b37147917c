import type { StateView } from "../../engine/types.ts";
import type { ScriptModel, Span } from "../../language/model.ts";
import { touchedBy } from "../../language/touched.ts";
import { allUses } from "../known-names.ts";

/** A key in a script whose value can be opened. */
export interface KeyLink {
  readonly span: Span;
  readonly namespace: string;
  readonly key: string;
}

/** Different entries that are looked up for one script. */
const MOST = 300;

/** The keys, written as one string, of entries that are stored now. */
export async function keyLinks(model: ScriptModel, view: StateView): Promise<readonly KeyLink[]> {
  const stored = new Map<string, boolean>();
  const links = new Map<number, KeyLink>();
  for (const use of allUses(model)) {
    const touched = touchedBy(use);
    const literal = touched?.keyArgument?.literal;
    if (touched?.namespace.kind !== "exact" || touched.key?.kind !== "exact") continue;
    if (literal === undefined || !literal.closed) continue;
    const namespace = touched.namespace.text;
    const key = touched.key.text.normalize("NFC");
    const id = JSON.stringify([namespace, key]);
    if (!stored.has(id)) {
      if (stored.size >= MOST) break;
      stored.set(id, (await view.entry(namespace, key)) !== undefined);
    }
    if (stored.get(id) !== true) continue;
    const { start, end } = literal.contentSpan;
    if (!links.has(start)) links.set(start, { span: { start, end }, namespace, key });
  }
  return [...links.values()].sort((a, b) => a.span.start - b.span.start);
}
