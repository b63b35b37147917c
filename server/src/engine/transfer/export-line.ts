import type { Entry } from "../types.ts";

/** An entry as one line of an export: JSON that an import takes in, values exact, times ISO 8601. */
export function exportLine({
  namespace,
  key,
  value,
  revision,
  createdAt,
  updatedAt,
}: Entry): string {
  const fields = [
    `"namespace":${JSON.stringify(namespace)}`,
    `"key":${JSON.stringify(key)}`,
    // Already JSON: parsing it would lose what JavaScript's numbers cannot hold.
    `"value":${value}`,
    `"revision":${revision}`,
    `"created_at":${isoTime(createdAt)}`,
    `"updated_at":${isoTime(updatedAt)}`,
  ];
  return `{${fields.join(",")}}\n`;
}

function isoTime(at: number): string {
  return JSON.stringify(new Date(at).toISOString());
}
