/** Rows of our own in a query: `(SELECT ? AS a, ? AS b UNION ALL SELECT ?, ? …)`. */
export function derivedTable(
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): { readonly table: string; readonly values: unknown[] } {
  const first = columns.map((name) => `? AS ${name}`).join()
  const other = ` UNION ALL SELECT ${columns.map(() => '?').join()}`
  return { table: `(SELECT ${first}${other.repeat(rows.length - 1)})`, values: rows.flat() }
}
