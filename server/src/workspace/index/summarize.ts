import type { Shape } from "../../language/flow/shape.ts";
import type { Argument, KnownText, ScriptModel, StateUse } from "../../language/model.ts";
import { argumentFor, touchedBy } from "../../language/touched.ts";
import type { ScriptUse, WrittenName } from "../../language/workspace-view.ts";
import { NamedFunctions } from "./named-functions.ts";
import { Places } from "./places.ts";
import { emptySummary, type FileSummary } from "./summary.ts";

/** A script with more calls than this is data that looks like one. */
const MAX_USES = 20_000;
/** Fields of one saved value that are kept. */
const MAX_FIELDS = 100;

/** What the index keeps of a script's model. */
export function summarize(file: string, model: ScriptModel): FileSummary {
  return { ...summarizeUses(file, model), module: model.module };
}

/** The same without what the script is to others. */
export function summarizeUses(file: string, model: ScriptModel): FileSummary {
  if (model.uses.length + model.wrapperUses.length > MAX_USES) {
    return emptySummary(file, "too-many-uses");
  }
  const summarizer = new Summarizer(file, model);
  const uses = [...model.uses, ...model.wrapperUses].flatMap((use) => summarizer.use(use));
  uses.sort((a, b) => a.memberPlace.start - b.memberPlace.start);
  return { ...emptySummary(file), uses };
}

class Summarizer {
  readonly #file: string;
  readonly #model: ScriptModel;
  readonly #places: Places;
  #functions: NamedFunctions | undefined;

  constructor(file: string, model: ScriptModel) {
    this.#file = file;
    this.#model = model;
    this.#places = new Places(model.text);
  }

  use(use: StateUse): ScriptUse[] {
    const touched = touchedBy(use);
    if (touched === undefined || touched.member.access === "none") return [];
    this.#functions ??= new NamedFunctions(this.#model.chunk);
    const around = this.#functions.at(use.span.start);
    const value = touched.member.access === "write" ? this.#saved(use) : undefined;
    return [
      {
        file: this.#file,
        member: use.member,
        access: touched.member.access,
        via: use.via,
        namespace: touched.namespace,
        ...(touched.key === undefined ? {} : { key: composed(touched.key) }),
        place: this.#places.of(use.span),
        memberPlace: this.#places.of(use.memberSpan),
        ...present("namespaceName", this.#written(touched.namespaceArgument)),
        ...present("keyName", this.#written(touched.keyArgument)),
        ...present("function", around),
        ...present("wrapper", wrapperOf(use)),
        ...present("value", value),
      },
    ];
  }

  #written(argument: Argument | undefined): WrittenName | undefined {
    if (argument === undefined || argument.slot === undefined) return undefined;
    const { span, literal, within } = argument;
    return {
      place: this.#places.of(span),
      ...present("content", literal && this.#places.of(literal.contentSpan)),
      ...present("quote", literal?.quote),
      ...present("within", within),
    };
  }

  #saved(use: StateUse): Shape | undefined {
    const argument = argumentFor(use, "value");
    if (argument?.slot === undefined || argument.within !== undefined) return undefined;
    const shape = this.#model.shapes.of(argument.expression);
    return shape.kind === "unknown" ? undefined : cut(shape, { left: MAX_FIELDS });
  }
}

function wrapperOf({ wrapper }: StateUse): ScriptUse["wrapper"] {
  return wrapper && { name: wrapper.name, ...present("module", wrapper.module) };
}

/** Stored keys are in Unicode NFC. */
function composed(key: KnownText): KnownText {
  return key.kind === "exact" ? { kind: "exact", text: key.text.normalize("NFC") } : key;
}

/** The shape with as many fields as are left. */
function cut(shape: Shape, budget: { left: number }): Shape {
  if (shape.kind !== "table") return shape;
  const fields = [];
  for (const field of shape.fields) {
    if (budget.left === 0) return { ...shape, fields, open: true };
    budget.left -= 1;
    fields.push({ ...field, shape: cut(field.shape, budget) });
  }
  return { ...shape, fields };
}

function present<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: V };
}
