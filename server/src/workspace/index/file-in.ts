import { isAbsolute, relative, sep } from "node:path";

/** How a folder's index names a file; undefined outside of the folder. Both are absolute paths. */
export function fileIn(folder: string, path: string): string | undefined {
  const file = relative(folder, path);
  const outside = file === "" || file === ".." || file.startsWith(`..${sep}`);
  return outside || isAbsolute(file) ? undefined : file.split(sep).join("/");
}
