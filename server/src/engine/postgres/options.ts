/** How to reach a store in a PostgreSQL database. The URLs are secrets. */
export interface PostgresOptions {
  /** postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=... */
  readonly url: string;
  /** Where notifications come from, when `url` is a pooler's that passes none on. */
  readonly listenUrl?: string;
  /** The PostgreSQL schema that the tables lie in. */
  readonly schema: string;
  /** Which of the stores in it. */
  readonly store: string;
  /** Connections at most, beside the one that listens; at least 2. */
  readonly poolSize: number;
  /** How long a connection may take to come about, in ms. */
  readonly connectTimeoutMs: number;
  /** After so many ms a call is cancelled in the server. */
  readonly requestTimeoutMs: number;
}
