import type { NameLists, Severity, StateConfiguration } from "../../config/types.ts";
import type { StateView } from "../../engine/types.ts";
import type { ScriptModel, Span } from "../../language/model.ts";
import type { WorkspaceView } from "../../language/workspace-view.ts";
import type { KnownUses } from "../known-uses.ts";
import type { FindSecrets } from "../sensitive/find-secrets.ts";
import type { Suppression } from "../suppressions.ts";
import type { Script } from "../syntax/script.ts";
import type { DiagnosticTag, Fix } from "../types.ts";

/** What a rule looks at in a script. */
export interface RuleContext {
  readonly model: ScriptModel;
  readonly configuration: StateConfiguration | undefined;
  /** Names that are allowed and forbidden, from settings and configuration. */
  readonly names: NameLists;
  /** Finds secrets by their look; undefined: the rules' own patterns are all there is. */
  readonly secrets: FindSecrets | undefined;
  /** The meaning of names in the script, found out once, when first asked for. */
  readonly script: () => Script;
}

/** What is known beside the script. */
export interface Elsewhere {
  /** undefined: nothing is known of what is stored. */
  readonly view: StateView | undefined;
  /** undefined: nothing is known of other scripts. */
  readonly workspace: WorkspaceView | undefined;
}

/** The same as rules are told it. */
export interface Known {
  readonly view: StateView | undefined;
  readonly scripts: KnownUses | undefined;
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

type Findings = readonly Finding[];

/** Tells what is wrong once it is known what is stored, and what all scripts do. */
export type Judge = (known: Known) => Findings | Promise<Findings>;

export type RuleFamily = "naming" | "shape" | "use" | "data" | "security";

/** A rule: this, its test and its page in docs/rules/ are all there is to it. */
export interface Rule {
  readonly code: string;
  readonly family: RuleFamily;
  readonly defaultSeverity: Severity;
  /** One line for the index of rules. */
  readonly summary: string;
  readonly tags?: readonly DiagnosticTag[];
  /** Findings in any order. */
  readonly check?: (context: RuleContext) => Findings | Promise<Findings>;
  /**
   * For a rule that asks what is elsewhere. A workspace is judged when all its scripts have been
   * read, and cannot be kept until then: what this gives holds a few facts and nothing of the model.
   * undefined: nothing is found, whatever is elsewhere.
   */
  readonly gather?: (context: RuleContext) => Judge | undefined;
  /** Whether enough is known for `gather`'s judge; else a comment that silences the rule may be of use. */
  readonly judgeable?: (elsewhere: Elsewhere) => boolean;
  /** For a rule about the others: runs when they have. */
  readonly checkOutcome?: (outcome: Outcome) => readonly Finding[];
}
