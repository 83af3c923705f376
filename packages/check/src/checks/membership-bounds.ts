import type { Delivered, Room } from './indexed-history.ts'

/** Somebody of whom nothing is known may have come before the history shows who came. */
export const canTell = ({ memberships }: Room, userId: string): boolean =>
  memberships.isComplete || memberships.of(userId).length > 0

/** The line of the joining or the leaving that it is on the wrong side of. */
export function boundaryOf(
  room: Room,
  userId: string,
  { seq, askedMs }: Pick<Delivered, 'seq' | 'askedMs'>,
): (number | undefined)[] {
  const known = room.memberships.of(userId)
  const left = known.findLast(
    ({ leftSeq, overByMs }) => leftSeq <= seq || overByMs < (askedMs ?? -Infinity),
  )
  if (left !== undefined) return [left.leftLine]
  return [known.find(({ visibleFrom }) => visibleFrom > seq)?.joinedLine]
}
