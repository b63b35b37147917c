import { STATE_MEMBERS } from "../../../../shared/src/api.ts";
import type { Shape } from "../../language/flow/shape.ts";
import type { KnownText, Span } from "../../language/model.ts";
import type { ScriptUse, TextPlace, WrittenName } from "../../language/workspace-view.ts";
import { placeOf } from "./places.ts";

/**
 * The uses of one script in little room: a workspace has tens of thousands of them, of which few
 * are ever looked at. Plain data for messages between threads.
 */
export interface PackedUses {
  /** The number of lines, the offsets at which they begin, then a row of `COLUMNS` for each use. */
  readonly numbers: Int32Array;
  /** What rows name by its index, each text once. */
  readonly texts: readonly string[];
}

/** Numbers that a message to another thread does not copy: both have the same. */
export function sharedNumbers(count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}

export const NO_USES: PackedUses = { numbers: new Int32Array(1), texts: [] };

/** A use with offsets alone. */
export interface UnplacedUse extends Omit<ScriptUse, Placed | "file" | "access"> {
  readonly place: Span;
  readonly memberPlace: Span;
  readonly namespaceName?: UnplacedName | undefined;
  readonly keyName?: UnplacedName | undefined;
  readonly wrapper?: { readonly name: string; readonly module?: string | undefined } | undefined;
  readonly function?: string | undefined;
  readonly value?: Shape | undefined;
  readonly key?: KnownText | undefined;
}

export interface UnplacedName {
  readonly place: Span;
  readonly content?: Span | undefined;
  readonly quote?: WrittenName["quote"] | undefined;
  readonly within?: WrittenName["within"] | undefined;
}

type Placed =
  | "place"
  | "memberPlace"
  | "namespaceName"
  | "keyName"
  | "wrapper"
  | "function"
  | "value"
  | "key";

const VIA = ["direct", "alias", "wrapper"] as const;
const QUOTES = ['"', "'", "long"] as const;
const KINDS: readonly KnownText["kind"][] = ["exact", "pattern", "unknown"];
const EXACT = 0;
const PATTERN = 1;
const UNKNOWN = 2;
const ABSENT = -1;

/** Member, via, 2 known texts, 2 places, 2 names, function, wrapper and its module, value. */
const COLUMNS = 2 + 2 * 2 + 2 * 2 + 2 * 7 + 4;

/** @param lines offsets at which the script's lines begin */
export function packUses(uses: readonly UnplacedUse[], lines: readonly number[]): PackedUses {
  if (uses.length === 0) return NO_USES;
  const texts = new Map<string, number>();
  const index = (text: string | undefined): number => {
    if (text === undefined) return ABSENT;
    const known = texts.get(text) ?? texts.size;
    texts.set(text, known);
    return known;
  };
  const numbers = sharedNumbers(1 + lines.length + uses.length * COLUMNS);
  let at = 0;
  const put = (number: number): void => {
    numbers[at++] = number;
  };
  const span = (of: Span | undefined): void => {
    put(of?.start ?? ABSENT);
    put(of?.end ?? ABSENT);
  };
  const known = (text: KnownText | undefined): void => {
    put(text === undefined ? ABSENT : KINDS.indexOf(text.kind));
    if (text?.kind === "exact") put(index(text.text));
    else put(text?.kind === "pattern" ? index(JSON.stringify(text.parts)) : ABSENT);
  };
  const name = (written: UnplacedName | undefined): void => {
    span(written?.place);
    span(written?.content);
    put(written?.quote === undefined ? ABSENT : QUOTES.indexOf(written.quote));
    put(index(written?.within?.before));
    put(index(written?.within?.after));
  };
  put(lines.length);
  lines.forEach(put);
  for (const use of uses) {
    put(index(use.member));
    put(VIA.indexOf(use.via));
    known(use.namespace);
    known(use.key);
    span(use.place);
    span(use.memberPlace);
    name(use.namespaceName);
    name(use.keyName);
    put(index(use.function));
    put(index(use.wrapper?.name));
    put(index(use.wrapper?.module));
    put(index(use.value && JSON.stringify(use.value)));
  }
  return { numbers, texts: [...texts.keys()] };
}

/** How many uses are packed. */
export function countOf({ numbers }: PackedUses): number {
  return (numbers.length - 1 - (numbers[0] ?? 0)) / COLUMNS;
}

/** What tables need of one use, by its number. */
export function entryOf(packed: PackedUses, number: number): Pick<ScriptUse, "namespace" | "key"> {
  const row = new Row(packed, number);
  row.text();
  row.number();
  const namespace = row.known() ?? { kind: "unknown" };
  const key = row.known();
  return { namespace, ...present("key", key) };
}

/** One use of `file`, by its number. */
export function unpackUse(file: string, packed: PackedUses, number: number): ScriptUse {
  const row = new Row(packed, number);
  const member = row.text() ?? "";
  const access = STATE_MEMBERS.get(member)?.access ?? "none";
  const via = VIA[row.number()] ?? "direct";
  const namespace = row.known() ?? { kind: "unknown" };
  const key = row.known();
  const place = row.place();
  const memberPlace = row.place();
  const namespaceName = row.name();
  const keyName = row.name();
  const around = row.text();
  const wrapper = row.text();
  const module = row.text();
  const value = row.text();
  const nowhere: TextPlace = placeOf({ start: 0, end: 0 }, [0]);
  return {
    file,
    member,
    access: access === "none" ? "read" : access,
    via,
    namespace,
    ...present("key", key),
    place: place ?? nowhere,
    memberPlace: memberPlace ?? nowhere,
    ...present("namespaceName", namespaceName),
    ...present("keyName", keyName),
    ...present("function", around),
    ...present("wrapper", wrapper && { name: wrapper, ...present("module", module) }),
    ...present("value", value && (JSON.parse(value) as Shape)),
  };
}

/** Reads a row from its first column on. */
class Row {
  readonly #packed: PackedUses;
  readonly #lines: Int32Array;
  #at: number;

  constructor(packed: PackedUses, number: number) {
    const lines = packed.numbers[0] ?? 0;
    this.#packed = packed;
    this.#lines = packed.numbers.subarray(1, 1 + lines);
    this.#at = 1 + lines + number * COLUMNS;
  }

  number(): number {
    return this.#packed.numbers[this.#at++] ?? ABSENT;
  }

  text(): string | undefined {
    return this.#packed.texts[this.number()];
  }

  known(): KnownText | undefined {
    const kind = this.number();
    const text = this.text() ?? "";
    if (kind === EXACT) return { kind: "exact", text };
    if (kind === UNKNOWN) return { kind: "unknown" };
    return kind === PATTERN
      ? { kind: "pattern", parts: JSON.parse(text) as (string | null)[] }
      : undefined;
  }

  place(): TextPlace | undefined {
    const start = this.number();
    const end = this.number();
    return start === ABSENT ? undefined : placeOf({ start, end }, this.#lines);
  }

  name(): WrittenName | undefined {
    const place = this.place();
    const content = this.place();
    const quote = QUOTES[this.number()];
    const before = this.text();
    const after = this.text();
    if (place === undefined) return undefined;
    const within = before === undefined ? undefined : { before, after: after ?? "" };
    return {
      place,
      ...present("content", content),
      ...present("quote", quote),
      ...present("within", within),
    };
  }
}

function present<K extends string, V>(name: K, value: V | undefined | ""): { [P in K]?: V } {
  return (value === undefined || value === "" ? {} : { [name]: value }) as { [P in K]?: V };
}
