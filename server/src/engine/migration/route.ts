import { StateError } from "../../../../shared/src/errors.ts";
import { quote } from "../../../../shared/src/names.ts";
import { nearest } from "../../../../shared/src/nearest.ts";
import type { MigrationFile } from "./folder.ts";
import { compareVersions, parseVersion, type Version } from "./versions.ts";

/** A text as a version. @throws StateError `invalid-version` */
export function checkVersion(text: string): Version {
  const version = parseVersion(text);
  if (version !== undefined) return version;
  throw new StateError(
    "invalid-version",
    `${quote(text)} is not a semantic version.`,
    "Use three numbers, such as 2.0.0.",
  );
}

/** All versions that are known: the present one and those that migrations name; ascending. */
export function knownVersions(
  current: Version,
  files: readonly MigrationFile[],
): readonly Version[] {
  const versions: Version[] = [];
  for (const version of [current, ...files.flatMap(({ from, to }) => [from, to])]) {
    if (!versions.some((known) => compareVersions(known, version) === 0)) versions.push(version);
  }
  return versions.sort(compareVersions);
}

/** The versions that migrations lead to from the present one, ascending; without that one. */
export function reachableVersions(
  current: Version,
  files: readonly MigrationFile[],
): readonly Version[] {
  return knownVersions(current, files).filter(
    (version) =>
      compareVersions(version, current) !== 0 && shortest(current, version, files) !== undefined,
  );
}

/**
 * The migrations that lead from one version to another in as few steps as possible, never away from
 * the target: only up on the way up, only down on the way down. None when there is nothing to do.
 * @throws StateError `unknown-version`, `migration-gap`
 */
export function findRoute(
  current: Version,
  target: Version,
  files: readonly MigrationFile[],
): readonly MigrationFile[] {
  if (compareVersions(current, target) === 0) return [];
  const known = knownVersions(current, files);
  if (!known.some((version) => compareVersions(version, target) === 0)) {
    throw unknownVersion(target, known);
  }
  const route = shortest(current, target, files);
  if (route !== undefined) return route;
  throw gap(current, target, files);
}

function shortest(
  current: Version,
  target: Version,
  files: readonly MigrationFile[],
): readonly MigrationFile[] | undefined {
  const usable = files.filter((file) => leadsTowards(file, current, target));
  let frontier: { readonly at: Version; readonly route: readonly MigrationFile[] }[] = [
    { at: current, route: [] },
  ];
  const visited: Version[] = [current];
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { at, route } of frontier) {
      if (compareVersions(at, target) === 0) return route;
      for (const file of usable) {
        if (compareVersions(file.from, at) !== 0) continue;
        if (visited.some((version) => compareVersions(version, file.to) === 0)) continue;
        visited.push(file.to);
        next.push({ at: file.to, route: [...route, file] });
      }
    }
    frontier = next;
  }
  return undefined;
}

/** Whether a migration goes in the wanted direction, between the two versions. */
function leadsTowards(file: MigrationFile, current: Version, target: Version): boolean {
  const direction = Math.sign(compareVersions(target, current));
  return (
    Math.sign(compareVersions(file.to, file.from)) === direction &&
    compareVersions(file.from, current) * direction >= 0 &&
    compareVersions(target, file.to) * direction >= 0
  );
}

function unknownVersion(target: Version, known: readonly Version[]): StateError {
  const names = known.map(({ text }) => text);
  const meant = names.length > 1 ? nearest(target.text, names) : undefined;
  return new StateError(
    "unknown-version",
    `No migration names the version ${target.text}.`,
    `Known ${names.length === 1 ? "is" : "are"} ${names.join(", ")}${meant === undefined ? "" : ` (did you mean ${meant}?)`}.`,
  );
}

/** Names the place where the way ends, and where it goes on. */
function gap(current: Version, target: Version, files: readonly MigrationFile[]): StateError {
  const up = compareVersions(target, current) > 0;
  const nearer = up
    ? (a: Version, b: Version) => compareVersions(a, b)
    : (a: Version, b: Version) => compareVersions(b, a);
  const between = knownVersions(current, files).filter(
    (version) => nearer(version, current) >= 0 && nearer(target, version) >= 0,
  );
  const inOrder = [...between].sort(nearer);
  const end = inOrder.findLast((version) => shortest(current, version, files) !== undefined);
  const start = inOrder.find((version) => shortest(version, target, files) !== undefined);
  const from = (end ?? current).text;
  const to = (start ?? target).text;
  return new StateError(
    "migration-gap",
    `No migration leads ${up ? "up" : "back"} from ${from} to ${to}, on the way from ${current.text} to ${target.text}.`,
    `Add a file ${from}__${to}.toml (or .lua) to the folder of migrations.`,
    { data: { from, to } },
  );
}
