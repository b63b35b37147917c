import type { CallExpression } from "../syntax/ast.ts";
import type { Held } from "./held.ts";
import { entries, get, type NumberMap, set, sizeOf, union, without } from "./number-map.ts";

interface Fact {
  readonly held: Held;
  readonly load: CallExpression;
}

/**
 * Variables and fields that may hold nil, each with the load that it came from. Never changes: each
 * branch of a script makes others of it, which take time for what the branch does.
 */
export class Facts {
  readonly #variables: NumberMap<Fact>;
  readonly #fields: NumberMap<Fact>;

  private constructor(variables: NumberMap<Fact>, fields: NumberMap<Fact>) {
    this.#variables = variables;
    this.#fields = fields;
  }

  static readonly NOTHING = new Facts(undefined, undefined);

  get isEmpty(): boolean {
    return this.#variables === undefined && this.#fields === undefined;
  }

  get hasFields(): boolean {
    return this.#fields !== undefined;
  }

  /** The load whose result may be held there; undefined: nothing says that it may be nil. */
  loadIn(held: Held): CallExpression | undefined {
    return get(held.path.length > 0 ? this.#fields : this.#variables, held.number)?.load;
  }

  /** @param load undefined: what is held is known not to be nil, or not known at all */
  with(held: Held, load: CallExpression | undefined): Facts {
    const change = (map: NumberMap<Fact>) =>
      load === undefined ? without(map, held.number) : set(map, held.number, { held, load });
    return held.path.length > 0
      ? this.#changed(this.#variables, change(this.#fields))
      : this.#changed(change(this.#variables), this.#fields);
  }

  without(all: readonly Held[]): Facts {
    return all.reduce<Facts>((facts, held) => facts.with(held, undefined), this);
  }

  withoutFields(): Facts {
    return this.#changed(this.#variables, undefined);
  }

  /** @param candidates all fields that may be such a one, of which there may be more than are held */
  withoutFieldsThat(isOne: (field: Held) => boolean, candidates: readonly Held[]): Facts {
    if (candidates.length < sizeOf(this.#fields)) return this.without(candidates.filter(isOne));
    return this.without(
      [...entries(this.#fields)].flatMap(([, { held }]) => (isOne(held) ? held : [])),
    );
  }

  /** What may be nil here or there; where both know a load, the other's. */
  or(other: Facts): Facts {
    return other.#changed(
      union(this.#variables, other.#variables),
      union(this.#fields, other.#fields),
    );
  }

  #changed(variables: NumberMap<Fact>, fields: NumberMap<Fact>): Facts {
    if (variables === this.#variables && fields === this.#fields) return this;
    return new Facts(variables, fields);
  }
}
