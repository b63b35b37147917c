import type { StateConfiguration } from "../../config/types.ts";
import type { Hover } from "../types.ts";
import { describeSetting } from "./describe.ts";
import { configPlace } from "./place.ts";
import { nodeAt } from "./settings-tree.ts";

export interface ConfigHoverOptions {
  /** The configuration file's text. */
  readonly text: string;
  /** UTF-16 */
  readonly offset: number;
  /** What it makes effective, as far as it can be used. */
  readonly configuration: StateConfiguration | undefined;
}

/** What the key or table at an offset means; undefined where nothing of ours is. */
export function hoverConfig({
  text,
  offset,
  configuration,
}: ConfigHoverOptions): Hover | undefined {
  const place = configPlace(text, offset);
  if (place.kind === "none") return undefined;
  const path = place.kind === "value" ? place.path : [...place.path, place.name];
  const node = nodeAt(path);
  if (node === undefined || path.length === 0) return undefined;
  return { span: place.span, markdown: describeSetting(node, path, configuration) };
}
