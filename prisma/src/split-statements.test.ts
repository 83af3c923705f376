import { expect, test } from 'vitest'
import { readMigrations } from './migrations-folder.ts'
import { splitStatements } from './split-statements.ts'

test.each([
  ['SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
  ['SELECT 1;\n\n;  ;', ['SELECT 1']],
  ["INSERT INTO a VALUES ('x;y')", ["INSERT INTO a VALUES ('x;y')"]],
  ["SELECT 'it''s; one'; SELECT 2", ["SELECT 'it''s; one'", 'SELECT 2']],
  [String.raw`SELECT 'a\';b'; SELECT 2`, [String.raw`SELECT 'a\';b'`, 'SELECT 2']],
  ['SELECT "a;b"; SELECT `c;d`', ['SELECT "a;b"', 'SELECT `c;d`']],
  ['SELECT 1 AS `a\\`; SELECT 2', ['SELECT 1 AS `a\\`', 'SELECT 2']],
  ["SELECT 1 -- one; it's\n; SELECT 2", ["SELECT 1 -- one; it's", 'SELECT 2']],
  ['SELECT 5--1; SELECT 2', ['SELECT 5--1', 'SELECT 2']],
  [
    "# a; comment\nSELECT 1 /* with; 'one */; SELECT 2",
    ["# a; comment\nSELECT 1 /* with; 'one */", 'SELECT 2'],
  ],
  ['-- nothing; but comments\n/* ; */ # ;', []],
  ['/*!40101 SET NAMES utf8mb4 */; SELECT 1', ['/*!40101 SET NAMES utf8mb4 */', 'SELECT 1']],
  ["SELECT 'never closed; SELECT 2", ["SELECT 'never closed; SELECT 2"]],
  ['', []],
])('%j', (sql, statements) => {
  expect(splitStatements(sql)).toEqual(statements)
})

test('every statement of our own migrations begins with a word of SQL', async () => {
  const statements = (await readMigrations()).flatMap(({ sql }) => splitStatements(sql))
  expect(statements.length).toBeGreaterThan(10)
  for (const statement of statements) {
    const code = statement.replaceAll(/^--.*$/gmu, '').trim()
    expect(code).toMatch(/^(?:CREATE|ALTER|INSERT|UPDATE|DROP|TRUNCATE|DELETE) /u)
  }
})
