/**
 * The variables that a script may see with `os.getenv`: those that were allowed by name, where they
 * are set. All others of the process stay unknown to it.
 */
export function allowedVariables(
  names: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const allowed = new Map<string, string>();
  for (const name of names) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) allowed.set(name, value);
  }
  return Object.fromEntries(allowed);
}
