import type { Queries } from './packets.ts'
import { COLLATE, fromKeys, type KeyColumn } from './key-list.ts'

/** `SELECT … FROM <the keys> JOIN table`, or nothing at all when nothing is asked. */
export async function selectByKeys<Row>(
  connection: Queries,
  select: string,
  [table, alias]: readonly [string, string],
  columns: readonly KeyColumn[],
  keys: ReadonlyMap<string, readonly unknown[]>,
  rest = '',
): Promise<Row[]> {
  if (keys.size === 0) return []
  const [only] = keys.values()
  if (keys.size === 1 && rest === '' && columns.every(([name]) => name !== null)) {
    // Most batches of a quiet cluster are of one message: a table of keys costs more than the look-up.
    const where = columns
      .map(([name, type]) => `${alias}.${name} = ?${COLLATE[type]}`)
      .join(' AND ')
    return connection.query<Row[]>(`SELECT ${select} FROM ${table} ${alias} WHERE ${where}`, [
      ...(only ?? []),
    ])
  }
  const { from, values } = fromKeys(table, alias, columns, [...keys.values()])
  return connection.query<Row[]>(`SELECT ${select} ${from} ${rest}`, values)
}

export async function selectIn<Row>(
  connection: Queries,
  select: string,
  column: string,
  keys: readonly (Buffer | string)[],
  rest = '',
): Promise<Row[]> {
  if (keys.length === 0) return []
  const marks = keys.map(() => '?').join()
  return connection.query<Row[]>(`${select} WHERE ${column} IN (${marks}) ${rest}`, [...keys])
}
