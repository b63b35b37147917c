import { StateError } from "./errors.ts";

/** Where a database is and who asks for it: what may be shown of its URL. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

const USUAL_PORT = 5432;

/**
 * What may be shown of a database's URL; its secrets are not in it. A URL in which a password was
 * written unencoded is refused, because parts of it would be taken for host or database, and shown.
 * @throws StateError `invalid-database-url`, which repeats nothing of the URL
 */
export function databaseAddress(text: string): DatabaseAddress {
  const url = parseUrl(text);
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol)) throw invalid(SHAPE);
  if (/[@#]/.test(url.pathname + url.search) || url.hash !== "") throw invalid(UNENCODED);
  try {
    const user = decodeURIComponent(url.username) || (url.searchParams.get("user") ?? "");
    const host = url.searchParams.get("host") ?? decodeURIComponent(url.hostname);
    const port = Number(url.port || (url.searchParams.get("port") ?? USUAL_PORT));
    const database = decodeURIComponent(url.pathname.slice(1)) || user;
    return { host: host || "localhost", port, database, user };
  } catch {
    throw invalid(UNENCODED);
  }
}

/** `db.example.org:5432/team`, for people. */
export function describeAddress({ host, port, database }: DatabaseAddress): string {
  return `${host}:${port}/${database}`;
}

/** The secrets of a database's URL, as they stand in it and as they are meant. */
export function databaseSecrets(text: string): readonly string[] {
  const url = parseUrl(text);
  if (url === undefined) return [text];
  const written = [url.password, url.searchParams.get("password") ?? ""];
  const secrets = written.flatMap((secret) => [secret, decoded(secret)]);
  return [...new Set([text, ...secrets])].filter((secret) => secret !== "");
}

const SHAPE = "It must look like postgres://USER:PASSWORD@HOST:5432/DATABASE.";
const UNENCODED =
  "In user and password, write special characters as in URLs: %40 for @, %2F for /, %3A for :, %23 for #, %3F for ?.";

function invalid(next: string): StateError {
  return new StateError("invalid-database-url", "The URL of the database cannot be read.", next);
}

function parseUrl(text: string): URL | undefined {
  // The parser wants a host even where a socket's folder stands in the query.
  const url = URL.parse(text.trim());
  return url ?? undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
