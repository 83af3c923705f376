import type { PoolConnection } from './connect.ts'
import { fromKeys, type KeyColumn } from './key-list.ts'

/** `SELECT … FROM <the keys> JOIN table`, or nothing at all when nothing is asked. */
export async function selectByKeys<Row>(
  connection: PoolConnection,
  select: string,
  [table, alias]: readonly [string, string],
  columns: readonly KeyColumn[],
  keys: ReadonlyMap<string, readonly unknown[]>,
  rest = '',
): Promise<Row[]> {
  if (keys.size === 0) return []
  const { from, values } = fromKeys(table, alias, columns, [...keys.values()])
  return connection.query<Row[]>(`SELECT ${select} ${from} ${rest}`, values)
}

export async function selectIn<Row>(
  connection: PoolConnection,
  select: string,
  column: string,
  keys: readonly (Buffer | string)[],
  rest = '',
): Promise<Row[]> {
  if (keys.length === 0) return []
  const marks = keys.map(() => '?').join()
  return connection.query<Row[]>(`${select} WHERE ${column} IN (${marks}) ${rest}`, [...keys])
}
