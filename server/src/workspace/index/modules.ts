/** Which scripts of a folder `require` finds, in the places in which the runner looks. */

const STEP = /^[\w-]+$/;

/**
 * The script that `require(name)` finds: from the workspace folder, else from the folder of the
 * script that asks or one around it (the runner looks beside the script that was started).
 * @param from the script that asks, relative to the folder with `/`
 * @param exists whether there is a script of such a path
 */
export function findModule(
  name: string,
  from: string,
  exists: (file: string) => boolean,
): string | undefined {
  const steps = name.split(".");
  if (!steps.every((step) => STEP.test(step))) return undefined;
  const inner = steps.join("/");
  for (const base of ["", ...foldersAround(from)]) {
    for (const file of [`${base}${inner}.lua`, `${base}${inner}/init.lua`]) {
      if (exists(file)) return file;
    }
  }
  return undefined;
}

/** `a/b/`, `a/` of `a/b/c.lua`. */
function foldersAround(file: string): string[] {
  const parts = file.split("/").slice(0, -1);
  return parts.map((_, i) => `${parts.slice(0, parts.length - i).join("/")}/`);
}
