import type { TomlValue } from "smol-toml";
import { databaseAddress } from "../../../shared/src/database-url.ts";
import type { Severity } from "./types.ts";

const SQL_NAME = /^[a-z_][a-z0-9_]{0,62}$/;
const LABEL = /^[A-Za-z0-9_.-]{1,100}$/;

/** The part of JSON Schema that settings need. */
export interface JsonSchema {
  readonly type?: "boolean" | "integer" | "string" | "array" | "object";
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly items?: JsonSchema;
}

/** What a setting may be: how it is said to people, and how a TOML value is read. */
export interface Kind<T> {
  /** Follows "must be": `true or false`, `a whole number of at least 1`. */
  readonly expected: string;
  /** The values to choose from, when they are few. */
  readonly choices?: readonly string[];
  /** The same for other programs, as JSON Schema; of a string without variables. */
  readonly schema: JsonSchema;
  /** Messages must not repeat the value. */
  readonly secret?: true;
  /** undefined when the value is not of this kind. */
  readonly read: (value: TomlValue) => T | undefined;
}

export const boolean: Kind<boolean> = {
  expected: "true or false",
  choices: ["true", "false"],
  schema: { type: "boolean" },
  read: (value) => (typeof value === "boolean" ? value : undefined),
};

/** A whole number of at least `min`, at most what a double holds exactly. */
export function integer(min: number): Kind<number> {
  return {
    expected: `a whole number of at least ${min}`,
    schema: { type: "integer", minimum: min },
    read: (value) => {
      if (typeof value !== "bigint") return undefined;
      return value >= BigInt(min) && value <= BigInt(Number.MAX_SAFE_INTEGER)
        ? Number(value)
        : undefined;
    },
  };
}

/** Seconds in the file, days for us. */
export const secondsAsDays: Kind<number> = {
  expected: "a whole number of seconds, at least 1",
  schema: { type: "integer", minimum: 1 },
  read: (value) => {
    const seconds = integer(1).read(value);
    return seconds === undefined ? undefined : seconds / 86_400;
  },
};

export function choice<T extends string>(...choices: readonly T[]): Kind<T> {
  return {
    expected: oneOf(choices),
    choices,
    schema: { type: "string", enum: choices },
    read: (value) => choices.find((candidate) => candidate === value),
  };
}

/** A database's URL: a secret, of which messages repeat nothing. */
export const databaseUrl: Kind<string> = {
  expected: `the URL of a database, such as "\${STATE_DATABASE_URL}" (postgres://USER:PASSWORD@HOST/DATABASE)`,
  secret: true,
  schema: { type: "string", minLength: 1 },
  read: (value) => {
    if (typeof value !== "string") return undefined;
    try {
      databaseAddress(value);
      return value;
    } catch {
      return undefined;
    }
  },
};

/** A name that needs no quotes in SQL, at most 63 characters. */
export const sqlName: Kind<string> = {
  expected: 'a name of lower-case letters, digits and underscores, such as "llmspell_state"',
  schema: { type: "string", pattern: SQL_NAME.source },
  read: (value) => (typeof value === "string" && SQL_NAME.test(value) ? value : undefined),
};

/** What one of many is called, at most 100 characters. */
export const label: Kind<string> = {
  expected: 'a name of letters, digits, "_", "-" and ".", such as "team"',
  schema: { type: "string", pattern: LABEL.source },
  read: (value) => (typeof value === "string" && LABEL.test(value) ? value : undefined),
};

/** A path of a folder. `~` is refused, for nothing here would expand it. */
export const folder: Kind<string> = {
  expected: `the path of a folder, such as "./state" ("~" is not expanded: use "\${HOME}/...")`,
  schema: { type: "string", minLength: 1 },
  read: (value) => {
    if (typeof value !== "string" || value.trim() === "" || value.includes("\0")) return undefined;
    return value === "~" || value.startsWith("~/") ? undefined : value;
  },
};

const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

export const version: Kind<string> = {
  expected: 'a semantic version such as "1.0.0"',
  schema: { type: "string", pattern: SEMVER.source },
  read: (value) => (typeof value === "string" && SEMVER.test(value) ? value : undefined),
};

export const severity: Kind<Severity> = choice("off", "hint", "information", "warning", "error");

export const names: Kind<readonly string[]> = {
  expected: 'a list of names such as ["data", "tmp"]',
  schema: { type: "array", items: { type: "string" } },
  read: (value) =>
    Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined,
};

function oneOf(choices: readonly string[]): string {
  const quoted = choices.map((candidate) => `"${candidate}"`);
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1) ?? ""}`;
}
