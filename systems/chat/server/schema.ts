const tables = [
  `CREATE TABLE users (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE rooms (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL UNIQUE,
    owner_id integer NOT NULL REFERENCES users,
    member_count integer NOT NULL DEFAULT 0 CHECK (member_count >= 0),
    last_seq bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE members (
    room_id integer NOT NULL REFERENCES rooms,
    user_id integer NOT NULL REFERENCES users,
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (room_id, user_id))`,
  `CREATE TABLE messages (
    room_id integer NOT NULL REFERENCES rooms,
    seq bigint NOT NULL,
    user_id integer NOT NULL REFERENCES users,
    text text NOT NULL,
    sent_at timestamptz NOT NULL,
    PRIMARY KEY (room_id, seq))`,
  `CREATE TABLE directs (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    from_id integer NOT NULL REFERENCES users,
    to_id integer NOT NULL REFERENCES users,
    text text NOT NULL,
    sent_at timestamptz NOT NULL,
    delivered_at timestamptz)`,
  'CREATE INDEX directs_waiting ON directs (to_id, id) WHERE delivered_at IS NULL',
  'CREATE INDEX directs_between ON directs (least(from_id, to_id), greatest(from_id, to_id), id)',
]

const auditAndFiles = [
  `CREATE TABLE audit (
    writer uuid NOT NULL,
    no integer NOT NULL,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    user_name text,
    address text,
    detail text,
    PRIMARY KEY (writer, no))`,
  'CREATE INDEX audit_at ON audit (at)',
  // Append-only: whoever gets at the server's connection can add to the log, and not take from it.
  `CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$`,
  `CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()`,
  `CREATE TABLE files (
    id uuid PRIMARY KEY,
    room_id integer NOT NULL REFERENCES rooms,
    owner_id integer NOT NULL REFERENCES users,
    name text NOT NULL,
    bytes integer NOT NULL,
    sha256 text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now())`,
]

/** Each step runs once, in order, in a transaction of its own. Append; never change one that has shipped. */
export const migrations: readonly (readonly string[])[] = [tables, auditAndFiles]
