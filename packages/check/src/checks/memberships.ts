import type { CommitTimes } from './commit-times.ts'
import type { LogEntry, Operation, Room, RoomLog } from './indexed-history.ts'

/** From the joining of one person to their leaving. */
export interface Membership {
  readonly joinedSeq: number
  readonly joinedLine: number
  /** The first `seq` that it shows. */
  readonly visibleFrom: number
  /** Of the `member:left`: the first `seq` that it does not show. */
  leftSeq: number
  leftLine: number | undefined
  /** It was over by then, as somebody was told. */
  overByMs: number
}

export interface Memberships {
  readonly of: (userId: string) => readonly Membership[]
  /** Whether the history shows all of who came and went: else who is unknown may be a member. */
  readonly isComplete: boolean
  readonly userIds: () => Iterable<string>
}

export const NO_MEMBERSHIPS: Memberships = { of: () => [], isComplete: false, userIds: () => [] }

/** Those who begin a room see all of it: nothing but joinings by its founder stands before theirs. */
class Beginning {
  #founder: string | undefined
  #isOver = false

  take({ seq, facts }: LogEntry): boolean {
    if (seq === 1) this.#founder = facts.actorId
    else if (facts.type !== 'member:joined' || facts.actorId !== this.#founder) this.#isOver = true
    return !this.#isOver && seq > 1
  }
}

function endsBy(
  one: Membership,
  next: Membership | undefined,
  endings: readonly Operation[],
  times: CommitTimes,
): number {
  let by = times.latest(one.leftSeq)
  for (const { invokedMs, completedMs } of endings) {
    const isAfter = invokedMs >= times.latest(one.joinedSeq)
    const isBeforeNext = next === undefined || completedMs < times.earliest(next.joinedSeq)
    if (isAfter && isBeforeNext) by = Math.min(by, completedMs)
  }
  return by
}

/** Whose membership it ends: one's own, or that of whom is named. */
const endedBy = ({ op, userId, value }: Operation): string =>
  op === 'leave' ? userId : String(value)

const ENDINGS: ReadonlySet<string> = new Set(['leave', 'remove', 'ban'])

export function memberships(
  room: Pick<Room, 'operations' | 'state'>,
  log: RoomLog,
  times: CommitTimes,
): Memberships {
  const byUser = new Map<string, Membership[]>()
  const beginning = new Beginning()
  let history = log.bySeq.has(1) ? 'all' : (room.state?.history ?? 'all')
  for (const entry of log.entries) {
    const { seq, line, facts } = entry
    const isFounding = beginning.take(entry)
    if (facts.type === 'room:updated') history = facts.history ?? history
    const { userId } = facts
    if (userId === undefined) continue
    const known = byUser.get(userId) ?? []
    if (facts.type === 'member:joined') {
      byUser.set(userId, known)
      known.push({
        joinedSeq: seq,
        joinedLine: line,
        visibleFrom: history === 'all' || isFounding ? 1 : seq,
        leftSeq: Infinity,
        leftLine: undefined,
        overByMs: Infinity,
      })
    }
    const last = known.at(-1)
    if (facts.type === 'member:left' && last !== undefined && last.leftSeq === Infinity) {
      last.leftSeq = seq
      last.leftLine = line
    }
  }
  noteEndings(byUser, room.operations, times)
  return {
    of: (userId) => byUser.get(userId) ?? [],
    isComplete: log.knownFrom <= 1 && log.entries.length === log.entries.at(-1)?.seq,
    userIds: () => byUser.keys(),
  }
}

function noteEndings(
  byUser: ReadonlyMap<string, Membership[]>,
  operations: readonly Operation[],
  times: CommitTimes,
): void {
  const endings = new Map<string, Operation[]>()
  for (const operation of operations) {
    if (!ENDINGS.has(operation.op) || operation.type !== 'ok') continue
    const userId = endedBy(operation)
    endings.set(userId, [...(endings.get(userId) ?? []), operation])
  }
  for (const [userId, known] of byUser) {
    for (const [at, one] of known.entries()) {
      if (one.leftSeq === Infinity) continue
      one.overByMs = endsBy(one, known[at + 1], endings.get(userId) ?? [], times)
    }
  }
}

/**
 * Whether a member may be handed `seq` by an answer that was given between two times: there must have
 * been a moment in which one membership that shows it may have been in force.
 */
export const allows = (
  known: readonly Membership[],
  times: CommitTimes,
  { seq, askedMs = -Infinity, atMs }: { seq: number; askedMs?: number | undefined; atMs: number },
): boolean =>
  known.some(
    (one) =>
      one.visibleFrom <= seq &&
      seq < one.leftSeq &&
      times.earliest(one.joinedSeq) <= atMs &&
      one.overByMs >= askedMs,
  )
