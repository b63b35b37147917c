/** Changes that the log keeps; who asks for older ones must read again what it shows. */
const LOG_LENGTH = 10_000;
/** The log is cut once in so many changes. */
const PRUNE_EVERY = 64;

/** What is notified when a store changes; the payload is `SCHEMA.STORE`. */
export const CHANNEL = "llmspell_state";

/**
 * Every key begins with the store, so that many share the tables, and a sharded database can
 * distribute them by it. Texts compare by bytes (`COLLATE "C"`), values are JSON text.
 * `stores.revision` is the counter of a store. Whoever changes the store locks its row first and
 * holds it until the commit: revisions are seen in the order of their numbers, without holes.
 * `history` holds values that were replaced or deleted, and which change did it (`ended_by`);
 * `deleted_*` where it was a deletion. `changes.request` names the call, or the transaction: a call that
 * is repeated because its answer was lost is not applied twice, and of a transaction whose COMMIT was
 * not answered it is found out whether it happened. (Its number in the server would not do: after a
 * crash it may be given to another one.)
 */
function tables(s: string): string {
  const text = 'text COLLATE "C"';
  return `
CREATE TABLE ${s}.stores (
  store ${text} PRIMARY KEY, store_id text NOT NULL, revision bigint NOT NULL DEFAULT 0,
  schema_version text NOT NULL, schema_history text NOT NULL DEFAULT '[]',
  log_floor bigint NOT NULL DEFAULT 0, deletions_floor bigint NOT NULL DEFAULT 0,
  deletions_wanted_since bigint, schema_request uuid
) WITH (fillfactor = 20);
CREATE TABLE ${s}.namespaces (
  store ${text}, name ${text}, keys bigint NOT NULL, bytes bigint NOT NULL, updated_at bigint NOT NULL,
  PRIMARY KEY (store, name)
) WITH (fillfactor = 50);
CREATE TABLE ${s}.entries (
  store ${text}, namespace ${text}, key ${text}, revision bigint NOT NULL, created_at bigint NOT NULL,
  updated_at bigint NOT NULL, undone_to bigint, bytes integer NOT NULL, plain boolean NOT NULL,
  type text NOT NULL, origin text NOT NULL, value text NOT NULL,
  PRIMARY KEY (store, namespace, key)
) WITH (fillfactor = 80);
CREATE TABLE ${s}.changes (
  store ${text}, revision bigint, at bigint NOT NULL, request uuid, deleted boolean NOT NULL,
  namespace ${text} NOT NULL, key ${text} NOT NULL, origin text NOT NULL,
  PRIMARY KEY (store, revision)
);
CREATE INDEX changes_by_request ON ${s}.changes (store, request) WHERE request IS NOT NULL;
CREATE TABLE ${s}.history (
  store ${text}, namespace ${text}, key ${text}, revision bigint, created_at bigint NOT NULL,
  updated_at bigint NOT NULL, ended_by bigint NOT NULL, deleted_at bigint, deleted_by text,
  origin text NOT NULL, value text NOT NULL,
  PRIMARY KEY (store, namespace, key, revision)
);
CREATE TABLE ${s}.deletions (
  store ${text}, namespace ${text}, key ${text}, revision bigint NOT NULL, at bigint NOT NULL,
  PRIMARY KEY (store, namespace, key)
);
CREATE INDEX deletions_by_revision ON ${s}.deletions (store, revision);
`;
}

/**
 * What a change does is in the database: one call, one round trip, one transaction. Within a longer
 * transaction the caller says which revision a change gets (`p_revision`) and settles revision and
 * counts once at its end.
 */
function functions(s: string): string {
  const now = "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
  const outcome = "o_revision bigint, o_at bigint, o_before text, o_conflict bigint";
  const entry = "t.store = p_store AND t.namespace = p_namespace AND t.key = p_key";
  // Pasted where they are needed: in a function of its own each would cost as much again.
  const lock = (schemaVersion: string) => `
  IF p_lock_ms > 0 THEN PERFORM set_config('lock_timeout', p_lock_ms::text, true); END IF;
  SELECT * INTO s FROM ${s}.stores t WHERE t.store = p_store FOR UPDATE;
  IF NOT FOUND AND ${schemaVersion} IS NOT NULL THEN
    INSERT INTO ${s}.stores (store, store_id, schema_version)
      VALUES (p_store, gen_random_uuid()::text, ${schemaVersion}) ON CONFLICT DO NOTHING;
    SELECT * INTO s FROM ${s}.stores t WHERE t.store = p_store FOR UPDATE;
  END IF;`;
  const noteChange = (deleted: string) => `
  INSERT INTO ${s}.changes (deleted, request, namespace, key, at, revision, store, origin)
    VALUES (${deleted}, p_request, p_namespace, p_key, o_at, o_revision, p_store, p_origin);
  IF p_revision IS NULL THEN PERFORM ${s}.settle_revision(p_store, s.revision, o_revision); END IF;`;
  const countNamespace = (keys: string, bytes: string) => `
  IF p_revision IS NULL THEN
    INSERT INTO ${s}.namespaces AS t VALUES (p_store, p_namespace, ${keys}, ${bytes}, o_at)
      ON CONFLICT (store, name) DO UPDATE SET keys = t.keys + ${keys}, bytes = t.bytes + ${bytes},
        updated_at = o_at;
  END IF;`;
  const locked = (schemaVersion: string) => `
  IF p_revision IS NULL THEN ${lock(schemaVersion)}
    IF EXISTS (SELECT FROM ${s}.changes c WHERE c.store = p_store AND c.request = p_request) THEN
      RETURN QUERY SELECT * FROM ${s}.applied(p_store, p_request, p_namespace, p_key);
      RETURN;
    END IF;
  END IF;`;
  const keepPast = (deletion: string) => `
    IF p_history > 0 THEN
      INSERT INTO ${s}.history VALUES (e.store, e.namespace, e.key, e.revision, e.created_at, e.updated_at,
        o_revision, ${deletion}, e.origin, e.value);
    END IF;
    SELECT t.revision INTO surplus FROM ${s}.history t WHERE ${entry}
      ORDER BY t.revision DESC OFFSET p_history LIMIT 1;
    IF FOUND THEN DELETE FROM ${s}.history t WHERE ${entry} AND t.revision <= surplus; END IF;`;
  const presentEntry = `SELECT * INTO e FROM ${s}.entries t WHERE ${entry};
  existed := FOUND;
  IF p_if_revision <> coalesce(e.revision, 0) THEN
    o_conflict := coalesce(e.revision, 0);
    RETURN NEXT;
    RETURN;
  END IF;`;
  return `
CREATE FUNCTION ${s}.begin_change(p_store text, p_schema_version text, p_lock_ms integer)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE s ${s}.stores;
BEGIN${lock("p_schema_version")}
  RETURN s.revision;
END $$;

CREATE FUNCTION ${s}.was_applied(p_store text, p_lock_ms integer, p_request uuid)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE s ${s}.stores;
BEGIN${lock("NULL")}
  RETURN s.schema_request IS NOT DISTINCT FROM p_request OR EXISTS
    (SELECT FROM ${s}.changes c WHERE c.store = p_store AND c.request = p_request);
END $$;

CREATE FUNCTION ${s}.prune(p_store text, p_bound bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE up_to bigint; gone bigint;
BEGIN
  IF p_bound <= 0 THEN RETURN; END IF;
  DELETE FROM ${s}.changes t WHERE t.store = p_store AND t.revision <= p_bound;
  SELECT least(p_bound, coalesce(t.deletions_wanted_since, p_bound)) INTO up_to
    FROM ${s}.stores t WHERE t.store = p_store;
  DELETE FROM ${s}.deletions t WHERE t.store = p_store AND t.revision <= up_to;
  GET DIAGNOSTICS gone = ROW_COUNT;
  UPDATE ${s}.stores t SET log_floor = greatest(t.log_floor, p_bound),
    deletions_floor = CASE WHEN gone > 0 THEN greatest(t.deletions_floor, up_to) ELSE t.deletions_floor END
    WHERE t.store = p_store;
END $$;

CREATE FUNCTION ${s}.settle_revision(p_store text, p_before bigint, p_now bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE ${s}.stores t SET revision = p_now WHERE t.store = p_store;
  IF p_before / ${PRUNE_EVERY} < p_now / ${PRUNE_EVERY} THEN
    PERFORM ${s}.prune(p_store, p_now - ${LOG_LENGTH});
  END IF;
  PERFORM pg_notify('${CHANNEL}', '${s}.' || p_store);
END $$;

CREATE FUNCTION ${s}.settle_counts(p_store text, p_names text[], p_keys bigint[], p_bytes bigint[],
  p_at bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ${s}.namespaces AS t SELECT p_store, n, k, b, a
    FROM unnest(p_names, p_keys, p_bytes, p_at) AS rows (n, k, b, a)
    ON CONFLICT (store, name) DO UPDATE SET keys = t.keys + excluded.keys,
      bytes = t.bytes + excluded.bytes, updated_at = excluded.updated_at;
  DELETE FROM ${s}.namespaces t WHERE t.store = p_store AND t.name = ANY (p_names) AND t.keys = 0;
END $$;

CREATE FUNCTION ${s}.applied(p_store text, p_request uuid, p_namespace text, p_key text)
RETURNS TABLE (${outcome}) LANGUAGE sql STABLE AS $$
  SELECT c.revision, c.at, (SELECT t.value FROM ${s}.history t WHERE ${entry} AND t.ended_by = c.revision),
    NULL::bigint FROM ${s}.changes c WHERE c.store = p_store AND c.request = p_request
$$;

CREATE FUNCTION ${s}.save(p_store text, p_schema_version text, p_lock_ms integer, p_request uuid, p_revision bigint,
  p_origin text, p_namespace text, p_key text, p_value text, p_type text, p_plain boolean,
  p_history integer, p_if_revision bigint, p_undone_to bigint, p_created_at bigint, p_updated_at bigint)
RETURNS TABLE (${outcome}) LANGUAGE plpgsql AS $$
DECLARE
  s ${s}.stores; e ${s}.entries; existed boolean; surplus bigint; n integer := octet_length(p_value);
BEGIN
  ${locked("(CASE WHEN coalesce(p_if_revision, 0) = 0 THEN p_schema_version END)")}
  ${presentEntry}
  o_revision := coalesce(p_revision, s.revision + 1);
  o_at := ${now};
  IF existed THEN
    o_before := e.value;
    UPDATE ${s}.entries t SET revision = o_revision, created_at = coalesce(p_created_at, e.created_at),
      updated_at = coalesce(p_updated_at, o_at), undone_to = p_undone_to, bytes = n, plain = p_plain,
      type = p_type, origin = p_origin, value = p_value WHERE ${entry};
    ${keepPast("NULL, NULL")}
    ${countNamespace("0", "n - e.bytes")}
  ELSE
    INSERT INTO ${s}.entries VALUES (p_store, p_namespace, p_key, o_revision,
      coalesce(p_created_at, o_at), coalesce(p_updated_at, o_at), p_undone_to, n, p_plain, p_type,
      p_origin, p_value);
    DELETE FROM ${s}.deletions t WHERE ${entry};
    ${countNamespace("1", "n")}
  END IF;
  ${noteChange("false")}
  RETURN NEXT;
END $$;

CREATE FUNCTION ${s}.remove(p_store text, p_lock_ms integer, p_request uuid, p_revision bigint, p_origin text,
  p_namespace text, p_key text, p_history integer, p_if_revision bigint, p_forget boolean)
RETURNS TABLE (${outcome}) LANGUAGE plpgsql AS $$
DECLARE s ${s}.stores; e ${s}.entries; existed boolean; surplus bigint;
BEGIN
  ${locked("NULL")}
  ${presentEntry}
  IF p_forget THEN DELETE FROM ${s}.history t WHERE ${entry}; END IF;
  IF NOT existed THEN RETURN; END IF;
  o_revision := coalesce(p_revision, s.revision + 1);
  o_at := ${now};
  o_before := e.value;
  DELETE FROM ${s}.entries t WHERE ${entry};
  INSERT INTO ${s}.deletions AS t VALUES (p_store, p_namespace, p_key, o_revision, o_at)
    ON CONFLICT (store, namespace, key) DO UPDATE SET revision = o_revision, at = o_at;
  IF NOT p_forget THEN
    ${keepPast("o_at, p_origin")}
  END IF;
  ${countNamespace("-1", "-e.bytes")}
  IF p_revision IS NULL THEN
    DELETE FROM ${s}.namespaces t WHERE t.store = p_store AND t.name = p_namespace AND t.keys = 0;
  END IF;
  ${noteChange("true")}
  RETURN NEXT;
END $$;

CREATE FUNCTION ${s}.insert_all(p_store text, p_request uuid, p_first bigint, p_origin text,
  p_namespaces text[], p_keys text[], p_values text[], p_types text[], p_plain boolean[],
  p_created bigint[], p_updated bigint[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE last integer := cardinality(p_keys); newest bigint := p_first + last - 1; at bigint := ${now};
BEGIN
  INSERT INTO ${s}.entries SELECT p_store, n, k, p_first + i - 1, c, u, NULL, octet_length(v), p, t, p_origin, v
    FROM unnest(p_namespaces, p_keys, p_values, p_types, p_plain, p_created, p_updated)
      WITH ORDINALITY AS rows (n, k, v, t, p, c, u, i);
  DELETE FROM ${s}.deletions d USING unnest(p_namespaces, p_keys) AS rows (n, k)
    WHERE d.store = p_store AND d.namespace = n AND d.key = k;
  DELETE FROM ${s}.changes t WHERE t.store = p_store;
  UPDATE ${s}.stores t SET log_floor = newest - 1 WHERE t.store = p_store;
  INSERT INTO ${s}.changes (deleted, request, namespace, key, at, revision, store, origin)
    VALUES (false, p_request, p_namespaces[last], p_keys[last], at, newest, p_store, p_origin);
  RETURN at;
END $$;
`;
}

/** Raised when an older program could misread the tables or misuse the functions. */
export const FORMAT = 1;
/** The first version of LLMSpell State that reads this format. */
export const READABLE_FROM = "0.1.0";

/** What makes format N of format N-1, in order: the first makes it of nothing. */
export const UPGRADES: readonly ((schema: string) => string)[] = [
  (schema) => `
CREATE TABLE ${schema}.format (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), format integer NOT NULL, readable_from text NOT NULL
);
INSERT INTO ${schema}.format (format, readable_from) VALUES (0, '');
${tables(schema)}${functions(schema)}`,
];
