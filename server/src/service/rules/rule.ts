import type { NameLists, Severity, StateConfiguration } from "../../config/types.ts";
import type { StateView } from "../../engine/types.ts";
import type { ScriptModel, Span } from "../../language/model.ts";
import type { WorkspaceView } from "../../language/workspace-view.ts";
import type { FindSecrets } from "../sensitive/find-secrets.ts";
import type { Suppression } from "../suppressions.ts";
import type { Script } from "../syntax/script.ts";
import type { DiagnosticTag, Fix } from "../types.ts";

/** What a rule looks at. */
export interface RuleContext {
  readonly model: ScriptModel;
  /** undefined: nothing is known of what is stored. */
  readonly view: StateView | undefined;
  /** undefined: nothing is known of other scripts. */
  readonly workspace: WorkspaceView | undefined;
  readonly configuration: StateConfiguration | undefined;
  /** Names that are allowed and forbidden, from settings and configuration. */
  readonly names: NameLists;
  /** Finds secrets by their look; undefined: the rules' own patterns are all there is. */
  readonly secrets: FindSecrets | undefined;
  /** The meaning of names in the script, found out once, when first asked for. */
  readonly script: () => Script;
}

/** One thing that a rule found. */
export interface Finding {
  readonly span: Span;
  readonly message: string;
  readonly fixes?: readonly Fix[];
  /** Instead of the rule's default, where neither TOML nor settings say otherwise. */
  readonly severity?: Exclude<Severity, "off">;
}

/** What all other rules left behind. */
export interface Outcome {
  /** The script's. */
  readonly text: string;
  readonly suppressions: readonly Suppression[];
  /** Whether the suppression silenced anything of this rule. */
  readonly silenced: (suppression: Suppression, code: string) => boolean;
  /** Rules that were run. */
  readonly checked: ReadonlySet<string>;
}

type Findings = readonly Finding[] | undefined;

export type RuleFamily = "naming" | "shape" | "use" | "data" | "security";

/** A rule: this, its test and its page in docs/rules/ are all there is to it. */
export interface Rule {
  readonly code: string;
  readonly family: RuleFamily;
  readonly defaultSeverity: Severity;
  /** One line for the index of rules. */
  readonly summary: string;
  readonly tags?: readonly DiagnosticTag[];
  /** Findings in any order; undefined where it cannot be judged (no store, other scripts unknown). */
  readonly check?: (context: RuleContext) => Findings | Promise<Findings>;
  /** For a rule about the others: runs when they have. */
  readonly checkOutcome?: (outcome: Outcome) => readonly Finding[];
}
