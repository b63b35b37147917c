import { isArrayValue, type StateValue } from "../../engine/values/value.ts";
import { isSecretName } from "./names.ts";
import { isReference, secretShape } from "./shapes.ts";

/** What stands where a sensitive text or number was. */
const MASK = "••••••••";

export interface Masked {
  readonly value: StateValue;
  /** Whether anything was replaced. */
  readonly masked: boolean;
}

/**
 * The value of an entry with everything sensitive replaced by {@link MASK}: texts and numbers under
 * the name of a secret (namespace, key or field), and texts that look like one. References to a
 * secret (`vault://...`, `${NAME}`), booleans and what is empty stay as they are.
 */
export function maskValue(namespace: string, key: string, value: StateValue): Masked {
  let masked = false;
  const masks = (item: StateValue, secret: boolean): StateValue => {
    if (typeof item === "boolean") return item;
    if (typeof item === "object") {
      return isArrayValue(item)
        ? item.map((one) => masks(one, secret))
        : new Map(
            Array.from(item, ([name, one]) => [name, masks(one, secret || isSecretName(name))]),
          );
    }
    if (!isSensitive(item, secret)) return item;
    masked = true;
    return MASK;
  };
  const shown = masks(value, isSecretName(namespace) || isSecretName(key));
  return masked ? { value: shown, masked } : { value, masked };
}

function isSensitive(item: bigint | number | string, secret: boolean): boolean {
  if (typeof item !== "string") return secret;
  if (secretShape(item) !== undefined) return true;
  return secret && item.trim() !== "" && !isReference(item);
}
