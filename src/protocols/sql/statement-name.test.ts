import { describe, expect, test } from 'vitest'
import { statementName } from './statement-name.ts'

describe('the name of a statement is its verb and table', () => {
  test.each([
    ['SELECT * FROM products WHERE id = 7', 'sql SELECT products'],
    ['select name from public.products p join prices using (id)', 'sql SELECT public.products'],
    ['INSERT INTO orders (id, note) VALUES (1, $1)', 'sql INSERT orders'],
    ['insert into "Order Lines" select 1', 'sql INSERT Order Lines'],
    ['UPDATE ONLY accounts SET balance = 1', 'sql UPDATE accounts'],
    ['DELETE FROM sessions', 'sql DELETE sessions'],
    ['MERGE INTO stock USING incoming ON true WHEN MATCHED THEN DO NOTHING', 'sql MERGE stock'],
    ['TRUNCATE TABLE log', 'sql TRUNCATE log'],
    ['CALL settle(1)', 'sql CALL settle'],
    ['COPY orders FROM STDIN', 'sql COPY orders'],
    ['CREATE INDEX on_it ON orders (id)', 'sql CREATE INDEX'],
    ['SELECT pg_sleep(0.1)', 'sql SELECT pg_sleep'],
    ['SELECT 1', 'sql SELECT'],
    ['BEGIN', 'sql BEGIN'],
    ['ROLLBACK TO before', 'sql ROLLBACK'],
  ])('%s', (text, name) => expect(statementName(text)).toBe(name))

  test.each([
    ['WITH gone AS (DELETE FROM carts RETURNING id) INSERT INTO orders SELECT * FROM gone', 'sql INSERT orders'],
    ['WITH RECURSIVE tree AS (SELECT 1 FROM nodes) SELECT * FROM tree', 'sql SELECT tree'],
    ['SELECT (SELECT max(id) FROM prices) FROM products', 'sql SELECT products'],
    ['SELECT extract(year FROM at) FROM visits', 'sql SELECT visits'],
    ['SELECT * FROM (SELECT * FROM products LIMIT 1) AS some', 'sql SELECT products'],
  ])('also behind parentheses: %s', (text, name) => expect(statementName(text)).toBe(name))

  test.each([
    ['-- the newest FROM first\n/* SELECT */ SELECT * FROM news', 'sql SELECT news'],
    ["SELECT 'a FROM b' FROM c", 'sql SELECT c'],
    ["SELECT E'it\\'s FROM b' FROM c", 'sql SELECT c'],
    ["SELECT 'it''s FROM b' FROM c", 'sql SELECT c'],
    ['SELECT $$ FROM b $$, $tag$ FROM d $tag$ FROM c', 'sql SELECT c'],
    ['SELECT "FROM" FROM c', 'sql SELECT c'],
  ])('whatever texts and comments say: %s', (text, name) => expect(statementName(text)).toBe(name))

  test.each([
    ['SELECT * FROM events_2024_01', 'sql SELECT events_:n_:n'],
    ['DROP TABLE tmp_17', 'sql DROP TABLE'],
    ['INSERT INTO tmp_17 VALUES (1)', 'sql INSERT tmp_:n'],
    ['SELECT * FROM s3_files', 'sql SELECT s3_files'],
  ])('with numbers folded, so that a million tables make one series: %s', (text, name) => expect(statementName(text)).toBe(name))

  test.each(['(', '', '42', '(SELECT 1) UNION (SELECT 2)'])('of %j is that of any statement', (text) =>
    expect(statementName(text)).toBe('sql statement'),
  )

  test('stays short', () => {
    expect(statementName(`SELECT * FROM ${'x'.repeat(500)}`)).toHaveLength(100)
    expect(statementName(`SELECT ${"'x', ".repeat(10_000)} 1 FROM t`)).toBe('sql SELECT')
  })
})
