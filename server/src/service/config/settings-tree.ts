import { type Kind, names, severity } from "../../config/kinds.ts";
import { NAME_LISTS } from "../../config/name-lists.ts";
import { CONFIG_RULES } from "../../config/rules.ts";
import {
  RUNTIME_ONLY,
  RUNTIME_TABLE,
  SETTINGS,
  type Setting,
  STATE_TABLE,
} from "../../config/settings.ts";
import type { NameLists } from "../../config/types.ts";
import { RULES } from "../rules/registry.ts";

/** One key of our tables: a setting, or a table of further ones. */
export interface SettingNode {
  readonly name: string;
  readonly doc: string;
  /** Absent: it is a table. */
  readonly kind?: Kind<unknown>;
  /** What holds where it is not set; for people. */
  readonly fallback?: string;
  /** Its name among the effective settings. */
  readonly effective?: string;
  /** Its name among the lists of names. */
  readonly list?: keyof NameLists;
  /** Page that explains it. */
  readonly rule?: string;
  readonly children: readonly SettingNode[];
}

const DOCS: Readonly<Record<string, string>> = {
  state: "How state is kept: the table of the State Persistence Guide.",
  "state.rules":
    "Severities of rules, and names that they let pass or report: for the editor, the command line and CI alike.",
  runtime: "rs-llmspell's own table; only `state_persistence` in it is read here.",
  "runtime.state_persistence":
    "How rs-llmspell keeps state. Where `[state]` sets the same thing, `[state]` wins.",
  "runtime.state_persistence.backup": "Where rs-llmspell's backups go and how many are kept.",
};

const LISTS: readonly SettingNode[] = NAME_LISTS.map(({ name, doc, effective }) => ({
  name,
  doc,
  kind: names,
  fallback: "[]",
  list: effective,
  children: [],
}));

/** Everything that may stand in our two tables, from the root of the file. */
export function settingsTree(): SettingNode {
  const settings = Object.entries(SETTINGS) as [string, Setting<unknown>][];
  const places = settings.flatMap(([effective, { state, runtime, fallback, doc }]) =>
    [
      ...(state === undefined ? [] : [place([...STATE_TABLE, ...state.path], state.kind)]),
      ...(runtime === undefined ? [] : [place([...RUNTIME_TABLE, ...runtime.path], runtime.kind)]),
    ].map(({ path, kind }) => ({ path, node: { kind, fallback, doc, effective } })),
  );
  const others = RUNTIME_ONLY.map((path) => ({
    path: [...RUNTIME_TABLE, ...path],
    node: { doc: "rs-llmspell's: of no meaning here." },
  }));
  const rules = [...ruleNodes(), ...LISTS].map((node) => ({
    path: [...STATE_TABLE, "rules", node.name],
    node,
  }));
  return branch("", [], [...places, ...rules, ...others]);
}

interface Leaf {
  readonly path: readonly string[];
  readonly node: Omit<SettingNode, "name" | "children">;
}

function place(path: readonly string[], kind: Kind<unknown>) {
  return { path, kind };
}

function branch(name: string, path: readonly string[], leaves: readonly Leaf[]): SettingNode {
  const names = [...new Set(leaves.map((leaf) => leaf.path[path.length] ?? ""))];
  const children = names.map((child): SettingNode => {
    const inner = leaves.filter((leaf) => leaf.path[path.length] === child);
    const whole = inner.find((leaf) => leaf.path.length === path.length + 1);
    if (whole !== undefined) return { ...whole.node, name: child, children: [] };
    return branch(child, [...path, child], inner);
  });
  return { name, doc: DOCS[path.join(".")] ?? "", children };
}

function ruleNodes(): readonly SettingNode[] {
  return [...RULES, ...CONFIG_RULES].map(({ code, summary, defaultSeverity }) => ({
    name: code,
    doc: `${summary}.`,
    kind: severity,
    fallback: JSON.stringify(defaultSeverity),
    rule: code,
    children: [],
  }));
}

/** The node at a path; undefined where nothing of ours is. */
export function nodeAt(path: readonly string[]): SettingNode | undefined {
  return path.reduce<SettingNode | undefined>(
    (node, name) => node?.children.find((child) => child.name === name),
    settingsTree(),
  );
}
