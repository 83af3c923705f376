/** Lines of cells, each column as wide as its widest. */
export function alignColumns(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, at) =>
    Math.max(...table.map((line) => (line[at] ?? '').length)),
  )
  return table.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
