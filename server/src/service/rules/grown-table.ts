import type { Span } from "../../language/model.ts";
import type { Variable } from "../../language/scope/variables.ts";
import type { Expression } from "../../language/syntax/ast.ts";
import type { SavedPart } from "../syntax/saved-values.ts";
import { isGlobal, type Script, unwrap, variableOf } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";

/** What a table gets after it was made. */
interface Growth {
  readonly kind: "position" | "name" | "odd";
  readonly at: number;
}

type Inserts = () => ReadonlyMap<Variable, readonly number[]>;

/**
 * Why a local table cannot be stored after what statements before the save have put into it:
 * `list.n = #list`, `slots[0] = "a"`. undefined where nothing is wrong, or where it is not sure.
 */
export function faultOfGrown(
  { written, use }: SavedPart,
  script: Script,
  inserts: Inserts,
): { readonly span: Span; readonly reason: string } | undefined {
  const variable = variableOf(script, written);
  const [only, ...others] = variable?.definitions ?? [];
  const table = only?.value && unwrap(only.value);
  if (variable?.kind !== "local" || table?.kind !== "Table" || others.length > 0) return undefined;
  // What is taken out again may have been what did not fit.
  if (variable.fields.some(({ value }) => value?.kind === "Nil")) return undefined;
  const positions = (inserts().get(variable) ?? []).map((at) => ({
    kind: "position" as const,
    at,
  }));
  const grown = [...assigned(variable), ...positions].filter(({ at }) => at < use.span.start);
  if (grown.length === 0) return undefined;
  const { span } = written;
  if (grown.some(({ kind }) => kind === "odd")) {
    return { span, reason: "it is given a key that is no string and no position" };
  }
  const has = (kind: Growth["kind"]) => grown.some((one) => one.kind === kind);
  const made = new Set(table.fields.map(({ kind }) => kind));
  if (made.has("Computed")) return undefined;
  const mixed = (has("name") || made.has("Named")) && (has("position") || made.has("Positional"));
  return mixed ? { span, reason: "it is given positions and names" } : undefined;
}

/** `t.name = v`, `t[1] = v`, `t[#t + 1] = v`, `t[0] = v`; of other indices nothing is known. */
function assigned({ fields }: Variable): Growth[] {
  return fields.flatMap(({ target, path }): Growth[] => {
    if (path.length !== 1) return [];
    const at = target.span.start;
    if (target.kind === "Member") return [{ kind: "name", at }];
    const kind = target.kind === "Index" ? kindOfIndex(target.index) : undefined;
    return kind === undefined ? [] : [{ kind, at }];
  });
}

function kindOfIndex(index: Expression): Growth["kind"] | undefined {
  const at = unwrap(index);
  if (at.kind === "String") return "name";
  if (at.kind === "True" || at.kind === "False") return "odd";
  if (at.kind === "Number") return /^0*[1-9]\d*$/.test(at.raw) ? "position" : "odd";
  if (at.kind !== "Binary" || at.operator !== "+") return undefined;
  const { left } = at;
  return left.kind === "Unary" && left.operator === "#" ? "position" : undefined;
}

/** The places of `table.insert(t, v)` by `t`; found when first asked for. */
export function insertsIn(script: Script): Inserts {
  let known: Map<Variable, number[]> | undefined;
  const find = () => {
    const found = new Map<Variable, number[]>();
    walkExpressions(script.scopes.chunk.body, (expression) => {
      const [list] = expression.kind === "Call" ? expression.args : [];
      const variable = list && variableOf(script, list);
      if (expression.kind !== "Call" || variable === undefined) return;
      if (!isGlobal(script, expression.callee, "table.insert")) return;
      const places = found.get(variable);
      if (places === undefined) found.set(variable, [expression.span.start]);
      else places.push(expression.span.start);
    });
    return found;
  };
  return () => {
    known ??= find();
    return known;
  };
}
