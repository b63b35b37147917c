import { isArrayValue, type StateValue, valueType } from "../../engine/values/value.ts";
import type { Shape } from "../../language/flow/shape.ts";

/** What kind of value stands somewhere; scripts do not always tell integers from floats. */
export type Kind = "string" | "integer" | "float" | "number" | "boolean" | "array" | "object";

/** A call of a script that saves the value. */
export interface SavedAt {
  readonly file: string;
  /** 0-based */
  readonly line: number;
}

/** Levels, fields of one object, items of one array, and all places together that are told apart. */
const DEEPEST = 12;
const MOST_FIELDS = 200;
const MOST_ITEMS = 50;
const MOST_PLACES = 2_000;
/** Texts of one place that are kept as examples, and their length. */
const MOST_TEXTS = 10;
const LONGEST_TEXT = 60;

/** What is known of one place in a value: the whole, a field of it, or its items. */
export class Form {
  readonly kinds = new Set<Kind>();
  readonly saves: SavedAt[] = [];
  readonly fields = new Map<string, Form>();
  /** Texts that stand there in other values; none of them was masked. */
  readonly texts = new Set<string>();
  #items: Form | undefined;
  #own = false;
  #savedKindAt: SavedAt | undefined;
  readonly #others = new Set<number>();

  /** What is known of an array's items, all together. */
  get items(): Form | undefined {
    return this.#items;
  }

  /** The value that the form is about has this place. */
  get own(): boolean {
    return this.#own;
  }

  /** A call whose text shows what kind it saves. */
  get savedKindAt(): SavedAt | undefined {
    return this.#savedKindAt;
  }

  /** In how many other values there is such a place. */
  get others(): number {
    return this.#others.size;
  }

  itemsOrNew(): Form {
    this.#items ??= new Form();
    return this.#items;
  }

  saved(kind: Kind | undefined, at: SavedAt): void {
    const known = this.saves.some(({ file, line }) => file === at.file && line === at.line);
    if (!known) this.saves.push(at);
    if (kind === undefined) return;
    this.kinds.add(kind);
    this.#savedKindAt ??= at;
  }

  /** @param other which of the other values it is; undefined: the value itself */
  seen(other: number | undefined): void {
    if (other === undefined) this.#own = true;
    else this.#others.add(other);
  }
}

/** Puts together what scripts save and what is stored. */
export class FormBuilder {
  readonly root = new Form();
  #places = 0;

  /** What a script saves, as far as its text shows it. */
  addShape(shape: Shape, at: SavedAt): void {
    this.#shape(this.root, shape, at, 0);
  }

  /** A stored value: `shown` is the same with everything sensitive replaced. */
  addValue(value: StateValue, shown: StateValue, other?: number): void {
    this.#value(this.root, { value, shown, other }, 0);
  }

  #shape(form: Form, shape: Shape, at: SavedAt, depth: number): void {
    if (shape.kind === "nil" || shape.kind === "function") return;
    form.saved(kindOfShape(shape), at);
    if (shape.kind !== "table" || depth > DEEPEST) return;
    for (const field of shape.fields) {
      const part = this.#field(form, field.name);
      if (part !== undefined) this.#shape(part, field.shape, at, depth + 1);
    }
  }

  #value(form: Form, { value, shown, other }: Stored, depth: number): void {
    form.kinds.add(valueType(value));
    form.seen(other);
    if (typeof value === "string" && value === shown && other !== undefined) keep(form, value);
    if (typeof value !== "object" || typeof shown !== "object" || depth > DEEPEST) return;
    if (isArrayValue(value)) {
      if (value.length === 0 || !isArrayValue(shown)) return;
      const items = form.itemsOrNew();
      for (const [i, item] of value.slice(0, MOST_ITEMS).entries()) {
        this.#value(items, { value: item, shown: shown[i] ?? item, other }, depth + 1);
      }
      return;
    }
    for (const [name, item] of value) {
      const part = this.#field(form, name);
      const mask = isArrayValue(shown) ? undefined : shown.get(name);
      if (part === undefined || mask === undefined) continue;
      this.#value(part, { value: item, shown: mask, other }, depth + 1);
    }
  }

  #field(form: Form, name: string): Form | undefined {
    const known = form.fields.get(name);
    if (known !== undefined) return known;
    if (form.fields.size >= MOST_FIELDS || this.#places >= MOST_PLACES) return undefined;
    this.#places += 1;
    const made = new Form();
    form.fields.set(name, made);
    return made;
  }
}

interface Stored {
  readonly value: StateValue;
  readonly shown: StateValue;
  readonly other: number | undefined;
}

function keep({ texts }: Form, text: string): void {
  if (texts.size < MOST_TEXTS && text !== "" && text.length <= LONGEST_TEXT) texts.add(text);
}

function kindOfShape(shape: Shape): Kind | undefined {
  switch (shape.kind) {
    case "string":
    case "integer":
    case "float":
    case "number":
    case "boolean":
      return shape.kind;
    case "table":
      if (shape.fields.length > 0) return shape.items === 0 ? "object" : undefined;
      return shape.items > 0 ? "array" : undefined;
    default:
      return undefined;
  }
}

/** Integers and floats are both numbers to a script. */
export function broadKind(kind: Kind): Exclude<Kind, "integer" | "float"> {
  return kind === "integer" || kind === "float" ? "number" : kind;
}
