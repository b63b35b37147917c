import type { NamespaceSummary } from "../../../../shared/src/protocol.ts";
import type { EntryHead } from "../types.ts";
import type { TimeBuckets } from "./buckets.ts";

/** A store at a glance: sizes, times and names, no values. */
export interface Overview {
  readonly entries: number;
  readonly bytes: number;
  /** How many namespaces there are. */
  readonly namespaceCount: number;
  /** The largest of them by bytes, descending. */
  readonly namespaces: readonly NamespaceSummary[];
  /** Descending by bytes. */
  readonly largest: readonly EntryHead[];
  /** Those that were not written for longest, ascending by the time of their last change. */
  readonly oldest: readonly EntryHead[];
  /** What is stored now, by the time it was first written. */
  readonly created: TimeBuckets;
  /** The same by the time of its last change. */
  readonly changed: TimeBuckets;
}
