/** Writes schemas/llmspell-state.json, the JSON Schema of our tables in llmspell.toml, from the settings themselves. */
import { mkdirSync, writeFileSync } from "node:fs";
import type { JsonSchema } from "../server/src/config/kinds.ts";
import { type SettingNode, settingsTree } from "../server/src/service/config/settings-tree.ts";

interface Schema extends Omit<JsonSchema, "type"> {
  readonly type?: JsonSchema["type"] | "object";
  readonly description?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
}

/** Tables of which only a part is ours: the rest of the file is rs-llmspell's. */
const OPEN: ReadonlySet<string> = new Set(["", "runtime"]);
const VARIABLE: JsonSchema = { type: "string", pattern: "\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}" };

function schemaOf(node: SettingNode): Schema {
  const facts = node.fallback === undefined ? "" : ` Default: ${node.fallback}.`;
  const description = node.doc === "" ? {} : { description: `${node.doc}${facts}` };
  if (node.kind !== undefined) {
    const { schema } = node.kind;
    // A text may come from the environment, wholly or in part.
    const narrow = schema.enum !== undefined || schema.pattern !== undefined;
    return schema.type === "string" && narrow
      ? { ...description, anyOf: [schema, VARIABLE] }
      : { ...description, ...schema };
  }
  if (node.children.length === 0) return description;
  const properties = Object.fromEntries(
    node.children.map((child) => [child.name, schemaOf(child)]),
  );
  return {
    ...description,
    type: "object",
    properties,
    ...(OPEN.has(node.name) ? {} : { additionalProperties: false }),
  };
}

/** The text of schemas/llmspell-state.json. */
export function configSchema(): string {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $id: "https://raw.githubusercontent.com/llmspell/llmspell-state/main/schemas/llmspell-state.json",
    title: "llmspell.toml: the tables [state] and [runtime.state_persistence]",
    ...schemaOf(settingsTree()),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (import.meta.main) {
  mkdirSync(new URL("../schemas", import.meta.url), { recursive: true });
  writeFileSync(new URL("../schemas/llmspell-state.json", import.meta.url), configSchema());
}
