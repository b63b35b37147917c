import type { Identifier } from "../syntax/ast.ts";
import type { Part } from "../syntax/part.ts";
import type { Definition, FieldDefinition, Reference, Variable } from "./variables.ts";

/** What is done with a variable, in source order: in all of its script, or in one part of it. */
export interface Mentions {
  readonly definitions: Definition[];
  readonly fields: FieldDefinition[];
  readonly references: Reference[];
}

/** A variable that no other part can name. */
export type InnerVariable = Omit<Variable, keyof Mentions> & Mentions;

/** What one part does with a name that it does not declare: of a local of another part, or a global. */
export interface FreeName extends Mentions {
  readonly kind: "free";
  readonly name: string;
  readonly part: Part;
  /** Where a local `_ENV` of the part is around it. */
  readonly inEnvironment: Identifier[];
  /** What it means now. */
  variable: SharedVariable | undefined;
}

/** What a name in a part is tied to. */
export type Bound = InnerVariable | SharedVariable | FreeName;

/** A variable that several parts can name: a local of the chunk itself, or a global. */
export class SharedVariable implements Variable {
  readonly name: string;
  readonly kind: "local" | "global";
  readonly declaration: Identifier | undefined;
  readonly attribute: string | undefined;
  readonly owner = undefined;
  /** What the part does with it that declares it. */
  readonly own: Mentions = noMentions();
  /** What the others do, in their order. */
  readonly #others: FreeName[] = [];
  #all: Mentions | undefined;

  constructor(name: string, declaration?: Identifier, attribute?: string) {
    this.name = name;
    this.kind = declaration === undefined ? "global" : "local";
    this.declaration = declaration;
    this.attribute = attribute;
  }

  get definitions(): readonly Definition[] {
    return this.#mentions.definitions;
  }

  get fields(): readonly FieldDefinition[] {
    return this.#mentions.fields;
  }

  get references(): readonly Reference[] {
    return this.#mentions.references;
  }

  /** Whether any other part names it. */
  get isNamed(): boolean {
    return this.#others.length > 0;
  }

  /** A part names it. */
  add(name: FreeName): void {
    let at = this.#others.length;
    while (at > 0 && (this.#others[at - 1]?.part.start ?? 0) > name.part.start) at -= 1;
    this.#others.splice(at, 0, name);
    this.#all = undefined;
    name.variable = this;
  }

  /** A part is no more, or names another one. */
  remove(name: FreeName): void {
    const at = this.#others.indexOf(name);
    if (at >= 0) this.#others.splice(at, 1);
    this.#all = undefined;
    name.variable = undefined;
  }

  get #mentions(): Mentions {
    if (this.#others.length === 0) return this.own;
    this.#all ??= joined([this.own, ...this.#others]);
    return this.#all;
  }
}

export function noMentions(): Mentions {
  return { definitions: [], fields: [], references: [] };
}

/** Where to put what a part does with what one of its names is tied to. */
export function mentionsOf(bound: Bound): Mentions {
  return bound instanceof SharedVariable ? bound.own : bound;
}

function joined(all: readonly Mentions[]): Mentions {
  return {
    definitions: all.flatMap(({ definitions }) => definitions),
    fields: all.flatMap(({ fields }) => fields),
    references: all.flatMap(({ references }) => references),
  };
}
