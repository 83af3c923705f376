import { groupBy } from './group-by.ts'
import type { IndexedHistory, LogEntry, Operation, Room } from './indexed-history.ts'
import { Inquiry, type Answer } from './question.ts'

/** A reaction is what it was acknowledged to be, by whoever asked last and alone. */
export function reactionsStand({ rooms, bounds }: IndexedHistory): Answer {
  const inquiry = new Inquiry(bounds.keep)
  for (const room of rooms.values()) {
    if (room.log.knownFrom > 1) continue
    const asked = room.operations.filter(({ op }) => op === 'react')
    const thingOf = ({ userId, ref, value }: Operation): string => `${userId} ${ref} ${value}`
    let changes: ReadonlyMap<string, readonly LogEntry[]> | undefined
    for (const [thing, wishes] of groupBy(asked, thingOf)) {
      const last = lastAlone(wishes)
      if (last === undefined) continue
      changes ??= changesOf(room)
      inquiry.looked += 1
      const change = changes.get(thing)?.at(-1)
      const must = last.mode !== 'off'
      if ((change?.facts.reaction?.isOn ?? false) === must) continue
      const says = (): string =>
        `${last.process} was told that ${last.value} on ${last.ref} of room ${room.roomId} is ${must ? 'on' : 'off'}, and it is not`
      inquiry.report([last.line, change?.line], says, room.roomId)
    }
  }
  return inquiry
}

/** Where one has no answer, or others were under way beside it, nobody knows which was carried out last. */
function lastAlone(wishes: readonly Operation[]): Operation | undefined {
  const counted = wishes.filter(({ type }) => type !== 'fail')
  const last = counted.reduce<Operation | undefined>(
    (latest, one) => (latest === undefined || one.invokedMs > latest.invokedMs ? one : latest),
    undefined,
  )
  const isAlone = counted.every(
    (one) => one.type === 'ok' && (one === last || one.completedMs < (last?.invokedMs ?? 0)),
  )
  return isAlone ? last : undefined
}

function changesOf({ log }: Room): ReadonlyMap<string, readonly LogEntry[]> {
  const changes = log.entries.filter(({ facts }) => facts.reaction !== undefined)
  return groupBy(
    changes,
    ({ facts }) => `${facts.actorId} ${facts.ref} ${facts.reaction?.key ?? ''}`,
  )
}
