import { createHash } from 'node:crypto'

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** Equal for equal sets of people. No id holds a line break, so no two sets read the same. */
export function memberSetHash(userIds: readonly string[]): string {
  const sorted = [...new Set(userIds)].toSorted(byCodeUnit)
  return createHash('sha256').update(sorted.join('\n')).digest('hex')
}
