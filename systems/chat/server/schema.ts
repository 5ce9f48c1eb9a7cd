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

/** Each step runs once, in order, in a transaction of its own. Append; never change one that has shipped. */
export const migrations: readonly (readonly string[])[] = [tables]
