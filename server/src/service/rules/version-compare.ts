import type { ScriptModel, Span } from "../../language/model.ts";
import type { BinaryExpression, Expression } from "../../language/syntax/ast.ts";
import { origin, type Script } from "../syntax/script.ts";
import { walkExpressions } from "../syntax/walk.ts";
import type { Fix, TextChange } from "../types.ts";
import type { Rule } from "./rule.ts";

const ORDER: ReadonlySet<string> = new Set(["<", ">", "<=", ">="]);
/** What such a script has somewhere: a version's digits, or an escape that may be one. */
const MENTIONED = /\d\.\d|\\/;
const VERSION = /^v?\d+\.\d+(?:\.\d+)*(?:[-+][\w.-]+)?$/;

/** Versions compared as texts: "10.0.0" < "2.0.0" holds. */
export const versionCompare: Rule = {
  code: "version-compare",
  family: "use",
  defaultSeverity: "warning",
  summary: "Versions compared as texts",
  check: ({ model, script }) => {
    const { text, uses } = model;
    if (uses.length === 0 || !/[<>]/.test(text) || !MENTIONED.test(text)) return [];
    const found: BinaryExpression[] = [];
    walkExpressions(model.chunk.body, (expression) => {
      if (expression.kind !== "Binary" || !ORDER.has(expression.operator)) return;
      if ([expression.left, expression.right].some((side) => isVersion(script(), side))) {
        found.push(expression);
      }
    });
    return found.map((comparison) => ({
      span: comparison.span,
      message:
        'Texts are compared letter by letter: "10.0.0" < "2.0.0" is true. Compare versions number by number.',
      fixes: [compareByNumber(model, comparison)],
    }));
  },
};

function isVersion(script: Script, expression: Expression): boolean {
  const at = origin(script, expression);
  return at.kind === "String" && VERSION.test(at.value);
}

const NAME = "compare_versions";
const HELPER = `-- Negative, 0 or positive as version \`a\` is before, equal to or after version \`b\`.
local function ${NAME}(a, b)
  local next_a, next_b = tostring(a):gmatch("%d+"), tostring(b):gmatch("%d+")
  while true do
    local number_a, number_b = next_a(), next_b()
    if not number_a and not number_b then return 0 end
    local difference = tonumber(number_a or 0) - tonumber(number_b or 0)
    if difference ~= 0 then return difference end
  end
end

`;

function compareByNumber(
  { text }: ScriptModel,
  { left, right, operator, span }: BinaryExpression,
): Fix {
  const source = ({ start, end }: Span) => text.slice(start, end);
  const call = `${NAME}(${source(left.span)}, ${source(right.span)}) ${operator} 0`;
  const changes: TextChange[] = [{ span, newText: call }];
  if (!new RegExp(`function ${NAME}\\b`).test(text)) {
    // A shebang line must stay the first.
    const start = /^#[^\n]*\n/.exec(text)?.[0].length ?? 0;
    changes.unshift({ span: { start, end: start }, newText: HELPER });
  }
  return { title: "Compare number by number", changes, preferred: true };
}
