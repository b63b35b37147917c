import { argumentCount } from "./argument-count.ts";
import { argumentType } from "./argument-type.ts";
import { disabledMember } from "./disabled-member.ts";
import { flatKey } from "./flat-key.ts";
import { flatTable } from "./flat-table.ts";
import { inconsistentKeyStyle } from "./inconsistent-key-style.ts";
import { invalidKey } from "./invalid-key.ts";
import { invalidNamespace } from "./invalid-namespace.ts";
import { mixedTable } from "./mixed-table.ts";
import { neverRead } from "./never-read.ts";
import { oversizedValue } from "./oversized-value.ts";
import { plaintextSecret } from "./plaintext-secret.ts";
import type { Rule } from "./rule.ts";
import { saveInLoop } from "./save-in-loop.ts";
import { splitRecord } from "./split-record.ts";
import { syntaxError } from "./syntax-error.ts";
import { typeChange } from "./type-change.ts";
import { uncheckedLoad } from "./unchecked-load.ts";
import { uncheckedResult } from "./unchecked-result.ts";
import { unguardedListKeys } from "./unguarded-list-keys.ts";
import { unknownKey } from "./unknown-key.ts";
import { unknownMember } from "./unknown-member.ts";
import { unserializableValue } from "./unserializable-value.ts";
import { unusedSuppression } from "./unused-suppression.ts";
import { vagueKey } from "./vague-key.ts";
import { vagueNamespace } from "./vague-namespace.ts";
import { versionCompare } from "./version-compare.ts";

const CHECKS: readonly Rule[] = [
  invalidNamespace,
  vagueNamespace,
  invalidKey,
  vagueKey,
  flatKey,
  inconsistentKeyStyle,
  flatTable,
  splitRecord,
  mixedTable,
  unserializableValue,
  oversizedValue,
  unknownMember,
  argumentCount,
  argumentType,
  disabledMember,
  uncheckedLoad,
  uncheckedResult,
  unguardedListKeys,
  saveInLoop,
  versionCompare,
  syntaxError,
  unknownKey,
  neverRead,
  typeChange,
  plaintextSecret,
];

/** All rules over scripts, by family; the one about the others last. */
export const RULES: readonly Rule[] = [
  ...CHECKS,
  unusedSuppression(CHECKS.map(({ code }) => code)),
];

/** The codes of all rules over scripts. */
export const RULE_CODES: readonly string[] = RULES.map(({ code }) => code);
