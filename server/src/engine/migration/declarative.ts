import { parse, TomlDate, TomlError, type TomlTable, type TomlValue } from "smol-toml";
import { namespaceFault } from "../../../../shared/src/names.ts";
import { nearest } from "../../../../shared/src/nearest.ts";
import type { ValueType } from "../../../../shared/src/protocol.ts";
import type { StateValue } from "../values/value.ts";
import { CONVERSIONS } from "./convert.ts";
import { invalidMigration, type Position } from "./faults.ts";
import { EACH, type FieldPath, parseField } from "./fields.ts";
import { type NamePattern, parsePattern, starsOf } from "./pattern.ts";
import { positionOf } from "./position.ts";

interface Limited {
  readonly namespace: NamePattern;
  readonly key: NamePattern;
}

/** One step of a declarative migration, for the entries whose names match. */
export type Step = Limited &
  (
    | { readonly action: "rename-namespace"; readonly to: NamePattern }
    | { readonly action: "rename-keys"; readonly to: NamePattern }
    | { readonly action: "drop-keys" }
    | {
        readonly action: "rename-field";
        readonly field: FieldPath;
        readonly to: string;
        readonly overwrite: boolean;
      }
    | {
        readonly action: "move-field";
        readonly field: FieldPath;
        readonly to: FieldPath;
        readonly overwrite: boolean;
      }
    | { readonly action: "default-field"; readonly field: FieldPath; readonly value: StateValue }
    | { readonly action: "convert-field"; readonly field: FieldPath; readonly to: ValueType }
    | { readonly action: "remove-field"; readonly field: FieldPath }
  );

export interface DeclarativeMigration {
  readonly description: string | undefined;
  readonly steps: readonly Step[];
}

type Action = Step["action"];

interface Parameters {
  readonly needed: readonly string[];
  readonly optional: readonly string[];
}

const PARAMETERS: Readonly<Record<Action, Parameters>> = {
  "rename-namespace": { needed: ["namespace", "to"], optional: ["key"] },
  "rename-keys": { needed: ["namespace", "key", "to"], optional: [] },
  "drop-keys": { needed: ["namespace", "key"], optional: [] },
  "rename-field": { needed: ["namespace", "field", "to"], optional: ["key", "overwrite"] },
  "move-field": { needed: ["namespace", "field", "to"], optional: ["key", "overwrite"] },
  "default-field": { needed: ["namespace", "field", "value"], optional: ["key"] },
  "convert-field": { needed: ["namespace", "to"], optional: ["key", "field"] },
  "remove-field": { needed: ["namespace", "field"], optional: ["key"] },
};

const ACTIONS = Object.keys(PARAMETERS) as readonly Action[];
const SEE = "docs/migrations.md lists the actions and what each takes.";

/**
 * Reads a declarative migration. `file` is its name for messages.
 * @throws StateError `invalid-migration` with the position of the first mistake
 */
export function parseMigration(text: string, file: string): DeclarativeMigration {
  return new Reader(text, file).migration();
}

class Reader {
  readonly #text: string;
  readonly #file: string;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  migration(): DeclarativeMigration {
    const root = this.#parse();
    for (const name of Object.keys(root)) {
      if (name !== "description" && name !== "step") {
        throw this.#unknown(name, ["description", "step"], undefined);
      }
    }
    const { description, step = [] } = root;
    if (description !== undefined && typeof description !== "string") {
      throw this.#fault("description", undefined, "'description' must be a string.", SEE);
    }
    if (!Array.isArray(step) || step.some((item) => !isTable(item))) {
      throw this.#fault(
        "step",
        undefined,
        "'step' must be a list of tables.",
        "Begin each step with [[step]].",
      );
    }
    return {
      description,
      steps: step.filter(isTable).map((item, index) => this.#step(item, index)),
    };
  }

  #parse(): TomlTable {
    try {
      return parse(this.#text, { integersAsBigInt: true });
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const reason = (error.message.split("\n", 1)[0] ?? "").replace(
        /^Invalid TOML document: /,
        "",
      );
      const { line, column } = error;
      throw invalidMigration(
        this.#file,
        { line, column },
        `this is not valid TOML: ${reason}.`,
        "Correct it there; nothing was migrated.",
      );
    }
  }

  #step(table: TomlTable, index: number): Step {
    const action = this.#action(table, index);
    const { needed, optional } = PARAMETERS[action];
    const known = ["action", ...needed, ...optional];
    for (const name of Object.keys(table)) {
      if (!known.includes(name)) throw this.#unknown(name, known, index);
    }
    for (const name of needed) {
      if (table[name] === undefined) {
        throw this.#fault(undefined, index, `the step '${action}' needs '${name}'.`, SEE);
      }
    }
    const names: Limited = {
      namespace: parsePattern(this.#string(table, "namespace", index)),
      key: parsePattern(table["key"] === undefined ? "*" : this.#string(table, "key", index)),
    };
    switch (action) {
      case "rename-namespace":
        return { ...names, action, to: this.#target(table, names.namespace, index) };
      case "rename-keys":
        return { ...names, action, to: this.#target(table, names.key, index) };
      case "drop-keys":
        return { ...names, action };
      case "rename-field":
        return { ...names, action, ...this.#renamed(table, index) };
      case "move-field":
        return { ...names, action, ...this.#moved(table, index) };
      case "default-field":
        return {
          ...names,
          action,
          field: this.#field(table, "field", index),
          value: this.#value(table, index),
        };
      case "convert-field":
        return { ...names, action, ...this.#converted(table, index) };
      case "remove-field":
        return { ...names, action, field: this.#field(table, "field", index) };
    }
  }

  #action(table: TomlTable, index: number): Action {
    const { action } = table;
    const known = ACTIONS.find((name) => name === action);
    if (known !== undefined) return known;
    if (typeof action !== "string") {
      throw this.#fault(
        action === undefined ? undefined : "action",
        index,
        "a step needs an 'action'.",
        `One of ${ACTIONS.join(", ")}.`,
      );
    }
    const meant = nearest(action, ACTIONS);
    throw this.#fault(
      "action",
      index,
      `there is no action '${action}'.`,
      meant === undefined ? `Use one of ${ACTIONS.join(", ")}.` : `Did you mean '${meant}'?`,
    );
  }

  /** A pattern that gives a name from what the stars of another stood for. */
  #target(table: TomlTable, from: NamePattern, index: number): NamePattern {
    const to = parsePattern(this.#string(table, "to", index));
    if (starsOf(to) !== starsOf(from)) {
      throw this.#fault(
        "to",
        index,
        `'${to.text}' has ${starsOf(to)} stars where '${from.text}' has ${starsOf(from)}.`,
        "Each star in 'to' stands for what the star in its turn matched.",
      );
    }
    const fault =
      table["action"] === "rename-namespace" && namespaceFault(to.text.replaceAll("*", "x"));
    if (fault)
      throw this.#fault(
        "to",
        index,
        `'${to.text}' is no namespace: ${fault}.`,
        "Choose another name.",
      );
    return to;
  }

  #renamed(table: TomlTable, index: number) {
    const to = this.#string(table, "to", index);
    const field = this.#field(table, "field", index);
    if (to.includes(".") || to.includes("[]") || to === "") {
      throw this.#fault(
        "to",
        index,
        `'${to}' is not the name of a field.`,
        "To put a field elsewhere, use 'move-field'.",
      );
    }
    if (field.at(-1) === EACH) {
      throw this.#fault(
        "field",
        index,
        "elements of an array have no names.",
        "Name a field of the elements: 'items[].name'.",
      );
    }
    return { field, to, overwrite: this.#overwrite(table, index) };
  }

  #moved(table: TomlTable, index: number) {
    const field = this.#field(table, "field", index);
    const to = this.#field(table, "to", index);
    if (field.includes(EACH) || to.includes(EACH)) {
      throw this.#fault(
        "field",
        index,
        "'move-field' takes no '[]'.",
        "A migration in Lua (FROM__TO.lua) can do that.",
      );
    }
    if (to.length >= field.length && field.every((part, at) => part === to[at])) {
      throw this.#fault(
        "to",
        index,
        "a field cannot be moved into itself.",
        "Choose another place.",
      );
    }
    return { field, to, overwrite: this.#overwrite(table, index) };
  }

  #converted(table: TomlTable, index: number) {
    const field = table["field"] === undefined ? [] : this.#field(table, "field", index);
    const name = this.#string(table, "to", index);
    const to = CONVERSIONS.find((type) => type === name);
    if (to !== undefined) return { field, to };
    const meant = nearest(name, CONVERSIONS);
    throw this.#fault(
      "to",
      index,
      `there is no conversion to '${name}'.`,
      meant === undefined ? `Use one of ${CONVERSIONS.join(", ")}.` : `Did you mean '${meant}'?`,
    );
  }

  #overwrite(table: TomlTable, index: number): boolean {
    const { overwrite = false } = table;
    if (typeof overwrite === "boolean") return overwrite;
    throw this.#fault("overwrite", index, "'overwrite' must be true or false.", SEE);
  }

  #field(table: TomlTable, name: string, index: number): FieldPath {
    const given = table[name];
    const list = Array.isArray(given) && given.every((part) => typeof part === "string");
    const path =
      typeof given === "string" || list
        ? parseField(given as string | readonly string[])
        : undefined;
    if (path !== undefined) return path;
    throw this.#fault(
      name,
      index,
      `'${name}' must be the path of a field.`,
      "Write it as 'settings.theme', 'items[].price' or, for names with dots, [\"a.b\", \"c\"].",
    );
  }

  #string(table: TomlTable, name: string, index: number): string {
    const value = table[name];
    if (typeof value === "string" && value !== "") return value;
    throw this.#fault(name, index, `'${name}' must be a string that is not empty.`, SEE);
  }

  #value(table: TomlTable, index: number): StateValue {
    const value = table["value"];
    const converted = value === undefined ? undefined : stateValue(value);
    if (converted !== undefined) return converted;
    throw this.#fault(
      "value",
      index,
      "'value' holds something that state cannot: a date, nan or inf.",
      "Write it as a string or a number.",
    );
  }

  #unknown(name: string, known: readonly string[], index: number | undefined) {
    const meant = nearest(name, known);
    const step = index === undefined ? "a migration" : "this step";
    return this.#fault(
      name,
      index,
      `${step} has no '${name}'.`,
      meant === undefined ? `It may have ${known.join(", ")}.` : `Did you mean '${meant}'?`,
    );
  }

  #fault(name: string | undefined, index: number | undefined, fault: string, next: string) {
    const position: Position = positionOf(this.#text, index, name);
    return invalidMigration(this.#file, position, fault, next);
  }
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value) && !(value instanceof TomlDate);
}

function stateValue(value: TomlValue): StateValue | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "object") return value;
  if (value instanceof TomlDate) return undefined;
  if (Array.isArray(value)) {
    const items = value.map(stateValue);
    return items.every((item) => item !== undefined) ? items : undefined;
  }
  const fields = new Map<string, StateValue>();
  for (const [name, item] of Object.entries(value)) {
    const converted = stateValue(item);
    if (converted === undefined) return undefined;
    fields.set(name, converted);
  }
  return fields;
}
