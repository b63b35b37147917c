import { invalidKey } from "./invalid-key.ts";
import { invalidNamespace } from "./invalid-namespace.ts";
import type { Rule } from "./rule.ts";
import { syntaxError } from "./syntax-error.ts";
import { unknownMember } from "./unknown-member.ts";
import { unusedSuppression } from "./unused-suppression.ts";
import { vagueKey } from "./vague-key.ts";

const CHECKS: readonly Rule[] = [
  invalidNamespace,
  invalidKey,
  vagueKey,
  unknownMember,
  syntaxError,
];

/** All rules over scripts, by family; those about the others last. */
export const RULES: readonly Rule[] = [
  ...CHECKS,
  unusedSuppression(CHECKS.map(({ code }) => code)),
];

/** The codes of all rules over scripts. */
export const RULE_CODES: readonly string[] = RULES.map(({ code }) => code);
