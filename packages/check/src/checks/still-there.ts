import type { IndexedHistory, Room } from './indexed-history.ts'

/** Whether what was measured of a reader's place is what the rows say: all was quiet, nobody read after. */
export function isStill(
  { marks }: IndexedHistory,
  { operations }: Room,
  { subject, atMs }: { readonly subject: string; readonly atMs: number },
): boolean {
  const quietMs = marks.get('quiet')?.atMs
  if (quietMs === undefined || atMs < quietMs) return false
  const moves = (operation: Room['operations'][number]): boolean =>
    operation.op === 'read' && operation.userId === subject && operation.type !== 'fail'
  return !operations.some((one) => moves(one) && one.completedMs > atMs)
}
