/**
 * The driver, in a file of its own: it is a bundle of its own too, which is read when the first
 * store in a database is used.
 */
import pg from "pg";

/** The type `bigint`, which the driver gives as text: ours fit a double. */
const INT8 = 20;

export function newClient(config: pg.ClientConfig): pg.Client {
  return new pg.Client({ ...config, types: TYPES });
}

const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as "text"),
};
