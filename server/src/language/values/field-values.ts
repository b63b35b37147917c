import type { Variable } from "../scope/variables.ts";
import type { Expression } from "../syntax/ast.ts";
import type { Span } from "../syntax/span.ts";
import type { ModuleExport, ModuleLookup, ReturnedLoad } from "../wrappers/summary.ts";
import { Filling } from "./filling.ts";
import type { Instances } from "./instances.ts";
import { type HeldTable, TableFields } from "./table-fields.ts";
import { type Alternative, ANYTHING, MAX_TEXTS, oneOf, soleHole, templateOf } from "./template.ts";
import {
  type ModuleValue,
  type TableValue,
  textOf,
  UNKNOWN,
  type Value,
  type Values,
} from "./value.ts";

/** Classes above an object's own that are asked, which may inherit in a circle. */
export const MAX_CLASSES = 20;

/** Answers what fields and items of values are: of tables, classes and their objects, and modules. */
export class FieldValues {
  /** Fills in what is open in them. */
  readonly filling = new Filling((value, path) => this.under(value, path));
  readonly #values: Values;
  readonly #modules: ModuleLookup;
  readonly #instances: Instances;
  readonly #tables: TableFields;
  readonly #asked = {
    value: (expression: Expression) => this.#values.value(expression),
    classOf: (metatable: Expression) => this.#classOf(metatable),
  };

  constructor(values: Values, instances: Instances, modules: ModuleLookup) {
    this.#values = values;
    this.#modules = modules;
    this.#instances = instances;
    this.#tables = new TableFields((key) => values.exactText(key));
  }

  of(holder: Value, name: string): Value {
    switch (holder.kind) {
      case "state":
        return { kind: "member", name };
      case "global":
        return { kind: "global", path: `${holder.path}.${name}` };
      case "module":
        return this.ofModule({ ...holder, path: [...holder.path, name] });
      case "table": {
        const set = holder.set?.get(name);
        if (set !== undefined) return set;
        return holder.self === undefined
          ? this.ofTable(holder, name)
          : this.#ofSelf(holder, holder.self, name);
      }
      case "text": {
        const hole = soleHole(holder.template);
        if (hole === undefined || hole.here !== undefined) return UNKNOWN;
        const { kind, variable, path } = hole;
        return { kind: "text", template: [{ kind, variable, path: [...path, name] }] };
      }
      case "several":
        return this.#ofSeveral(holder, name);
      default:
        return UNKNOWN;
    }
  }

  #ofSeveral({ values, by }: Value & { kind: "several" }, name: string): Value {
    const fields = values.map((value) => this.of(value, name));
    if (fields.every(({ kind }) => kind === "table"))
      return { kind: "several", values: fields, by };
    const of = fields.map((field, i) => {
      const from = values[i];
      const at = from?.kind === "table" ? this.#only(from, name) : undefined;
      return { template: textOf(field), at };
    });
    return { kind: "text", template: [{ kind: "choice", of, by }] };
  }

  /** A field of the object that a method is called on: that of its class, or what objects are given. */
  #ofSelf(object: TableValue, self: Variable, name: string): Value {
    const value = this.ofTable(object, name);
    if (value.kind !== "text" && value.kind !== "unknown") return value;
    const [only, ...more] = this.#instances.of(object, this.#asked).flatMap((instance) => {
      const field = this.of(instance, name);
      return field.kind === "unknown" ? [] : [field];
    });
    const shared = value.kind === "text" || more.length > 0 ? value : (only ?? value);
    if (shared.kind !== "text" && shared.kind !== "unknown") return shared;
    const given = textOf(shared);
    // Only what every object has is known here.
    const here = given.every((piece) => typeof piece === "string") ? given : undefined;
    return { kind: "text", template: [{ kind: "hole", variable: self, path: [name], here }] };
  }

  #only(table: TableValue, name: string): Expression | undefined {
    const [only, ...others] = this.#tables.givenTo(table, name);
    return others.length === 0 ? only?.value : undefined;
  }

  /** What a module that is required gives under a path, or an object that it made. */
  exported({ name, path, made }: ModuleValue): ModuleExport | undefined {
    const exports = made?.exports ?? this.#modules(name)?.exports;
    return exports?.find((found) => found.value.kind !== "loads" && samePath(found.path, path));
  }

  /** The loaded values that a module keeps under a path, by what made the object that it is in. */
  keptBy({ name, path, made }: ModuleValue): readonly ReturnedLoad[] {
    const exports = made?.exports ?? this.#modules(name)?.exports ?? [];
    return exports.flatMap((found) =>
      found.value.kind === "loads" && samePath(found.path, path) ? found.value.loads : [],
    );
  }

  ofModule(value: ModuleValue): Value {
    const [name = "", ...deeper] = value.path;
    const set = deeper.length === 0 ? value.made?.set?.get(name) : undefined;
    if (set !== undefined) return set;
    const exported = this.exported(value)?.value;
    if (exported === undefined || exported.kind === "function" || exported.kind === "loads") {
      return value;
    }
    if (exported.kind !== "text") return exported;
    const { text, parts } = exported;
    const given = value.made?.given;
    if (parts === undefined || given === undefined)
      return { kind: "text", template: templateOf(text) };
    const inside = { ...given, outer: given };
    const [only = null, ...more] = parts;
    const whole = more.length === 0 ? this.filling.given(only, inside) : undefined;
    // An object or a function that the maker of this one was given.
    if (whole !== undefined && whole.kind !== "text" && whole.kind !== "unknown") return whole;
    const origin = more.length === 0 ? this.filling.origin(only, inside) : undefined;
    const template = this.filling.parts(parts, inside);
    return { kind: "text", template, at: origin?.at, within: origin };
  }

  /** The field's value when exactly one is given to it: in the constructor or later. */
  ofTable(table: TableValue, name: string, level = 0): Value {
    const [only, ...others] = this.#tables.givenTo(table, name);
    if (only === undefined) return this.#beyond(table, name) ?? this.#inherited(table, name, level);
    if (others.length > 0) return UNKNOWN;
    const value = only.value === undefined ? UNKNOWN : this.#values.value(only.value);
    if (value.kind === "table" && value.holder === undefined) {
      const path = [...table.path, name];
      return this.filling.value({ ...value, holder: table.holder, path }, table.bound);
    }
    const filled = this.filling.value(value, table.bound);
    // What a class gives all its objects is told where its methods use it; of others' methods, here.
    const isOwn = table.bound !== undefined && only.value?.kind === "String";
    return isOwn && filled.kind === "text" ? { ...filled, at: only.value, shared: true } : filled;
  }

  /** `{...}[2]`, `{"a", select(2, ...)}[3]`. */
  #beyond({ node, bound }: TableValue, name: string): Value | undefined {
    const last = node.fields.at(-1);
    if (last?.kind !== "Positional" || !this.#values.several.areKnown(last.value)) return undefined;
    const place = Number(name) - node.fields.filter(({ kind }) => kind === "Positional").length;
    if (!Number.isInteger(place) || place <= 0) return undefined;
    return this.filling.value(this.#values.several.at(last.value, place), bound);
  }

  #inherited(table: TableValue, name: string, level: number): Value {
    if (this.#inheritsState(table)) return { kind: "member", name };
    const index = level < MAX_CLASSES ? this.inheritedBy(table) : undefined;
    if (index === undefined) return UNKNOWN;
    return this.filling.value(this.ofTable(index, name, level + 1), table.bound);
  }

  /** `setmetatable({}, {__index = State})`. */
  #inheritsState({ metatable }: TableValue): boolean {
    if (metatable?.kind !== "table") return false;
    const [only, ...others] = this.#tables.givenTo(metatable, "__index");
    const value = only?.value === undefined ? UNKNOWN : this.#values.value(only.value);
    return others.length === 0 && value.kind === "state";
  }

  /** Where fields are looked for that a table does not have. */
  inheritedBy({ metatable }: TableValue): TableValue | undefined {
    return metatable?.kind === "table" ? this.#indexOf(metatable) : undefined;
  }

  /** The table that `__index` is, however often that is said. */
  #indexOf(metatable: TableValue): TableValue | undefined {
    const values = this.#tables
      .givenTo(metatable, "__index")
      .map(({ value }) => (value === undefined ? UNKNOWN : this.#values.value(value)));
    const [first] = values;
    if (first?.kind !== "table") return undefined;
    const same = values.every((value) => value.kind === "table" && value.node === first.node);
    return same ? first : undefined;
  }

  /** One of the values that a table has, whichever. */
  items(value: Value, by: object): Value {
    if (value.kind === "module") return this.#itemsOfModule(value);
    if (value.kind === "several") return inEach(value, (one) => this.items(one, by));
    const all = value.kind === "table" ? this.#tables.all(value) : [];
    if (value.kind !== "table" || all.length > MAX_TEXTS) return UNKNOWN;
    const items = all.map(([, given]) => ({
      value: this.filling.value(this.#item(given.value), value.bound),
      at: given.value,
    }));
    if (items.some((item) => item.value.kind === "text")) {
      // A function among them is no text, and may come to stand elsewhere without anybody's being told.
      const of = items.map((item) => ({
        template: textOf(item.value),
        at: item.value.kind === "text" ? item.at : undefined,
      }));
      return { kind: "text", template: oneOf(of) };
    }
    const tables = items.flatMap((item) => (item.value.kind === "table" ? item.value : []));
    return tables.length === 0 ? UNKNOWN : { kind: "several", values: tables, by };
  }

  #item(given: Expression | undefined): Value {
    if (given === undefined) return UNKNOWN;
    const { several } = this.#values;
    return several.areKnown(given) ? several.any(given) : this.#values.value(given);
  }

  #itemsOfModule({ name, path, made }: ModuleValue): Value {
    const exports = made?.exports ?? this.#modules(name)?.exports ?? [];
    const of = exports.flatMap(({ path: found, value }): Alternative[] => {
      if (value.kind !== "text" || !samePath(found.slice(0, -1), path)) return [];
      return found.length === path.length + 1
        ? [{ template: templateOf(value.text), at: undefined }]
        : [];
    });
    return of.length === 0 ? UNKNOWN : { kind: "text", template: oneOf(of) };
  }

  /** One of the names of a table's fields. @param by what goes through them, and their values */
  names(value: Value, by: object): Value {
    if (value.kind === "several") return inEach(value, (one) => this.names(one, by));
    if (value.kind !== "table") return UNKNOWN;
    const all = this.#tables.all(value);
    const of = all.map(([name]) => ({
      template: name === undefined ? ANYTHING : [name],
      at: undefined,
    }));
    const items = this.items(value, by);
    const together = items.kind === "several" && items.values.length === all.length;
    return { kind: "text", template: together ? [{ kind: "choice", of, by }] : oneOf(of) };
  }

  /** What stands under a path of a value; undefined: nothing does. */
  under(value: Value | undefined, path: readonly string[]): Value | undefined {
    let at = value;
    for (const name of path) {
      if (at === undefined) return undefined;
      const lacks =
        at.kind === "table" &&
        at.metatable === undefined &&
        at.self === undefined &&
        at.set?.has(name) !== true &&
        this.#tables.givenTo(at, name).length === 0;
      at = lacks ? undefined : this.of(at, name);
    }
    return at;
  }

  /**
   * Everything that is known to be given to a table's field, in the constructor or later; to that of
   * a class, what its objects are given too.
   */
  givenTo(table: TableValue, name: string): readonly Expression[] {
    const own = this.#tables.givenTo(table, name).flatMap(({ value }) => value ?? []);
    if (own.length > 0) return own;
    return this.#instances
      .of(table, this.#asked)
      .flatMap((instance) => this.#tables.givenTo(instance, name))
      .flatMap(({ value }) => value ?? []);
  }

  /** Whether a table is given a field, in the constructor or later; what its objects are given apart. */
  has(table: TableValue, name: string): boolean {
    return this.#tables.givenTo(table, name).length > 0;
  }

  /** The tables that are objects of a class. */
  instancesOf(table: TableValue): readonly TableValue[] {
    return this.#instances.of(table, this.#asked);
  }

  /** What the expressions are that a table's field or an item of it is given. @param name undefined: any */
  written(table: TableValue, name: string | undefined): readonly Expression[] {
    if (name !== undefined) return this.givenTo(table, name);
    return this.#tables.all(table).flatMap(([, { value }]) => value ?? []);
  }

  /** The fields by name to which exactly one value is given. */
  single(table: HeldTable): ReadonlyMap<string, { value: Expression; span: Span }> {
    return this.#tables.single(table);
  }

  /** What is given to each field, as far as that is known, and where it is named first. */
  byName(table: HeldTable): ReadonlyMap<string, { values: readonly Expression[]; span: Span }> {
    return this.#tables.byName(table);
  }

  /** The class of objects whose metatable is this one. */
  #classOf(metatable: Expression): TableValue | undefined {
    const value = this.#values.value(metatable);
    if (value.kind !== "table") return undefined;
    return this.#indexOf(value) ?? value;
  }
}

/** What is in each of several tables, chosen together with the table. */
function inEach({ values, by }: Value & { kind: "several" }, inside: (one: Value) => Value): Value {
  const of = values.map((one) => ({ template: textOf(inside(one)), at: undefined }));
  const known = of.some(({ template }) => template.some((piece) => piece !== undefined));
  return known ? { kind: "text", template: [{ kind: "choice", of, by }] } : UNKNOWN;
}

function samePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}
