import { printValue } from "../values/print.ts";
import type { Step } from "./declarative.ts";
import { printField } from "./fields.ts";

/** A step in words, for a plan. */
export function describeStep(step: Step): string {
  return `${step.namespace.text}/${step.key.text}: ${whatItDoes(step)}`;
}

function whatItDoes(step: Step): string {
  switch (step.action) {
    case "rename-namespace":
      return `to namespace ${step.to.text}`;
    case "rename-keys":
      return `to key ${step.to.text}`;
    case "drop-keys":
      return "drop";
    case "rename-field":
      return `rename field ${printField(step.field)} to ${step.to}`;
    case "move-field":
      return `move field ${printField(step.field)} to ${printField(step.to)}`;
    case "default-field":
      return `set field ${printField(step.field)} to ${printValue(step.value)} where it is missing`;
    case "convert-field":
      return `convert ${step.field.length === 0 ? "the value" : `field ${printField(step.field)}`} to ${step.to}`;
    case "remove-field":
      return `remove field ${printField(step.field)}`;
  }
}
