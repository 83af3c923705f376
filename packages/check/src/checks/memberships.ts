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

/** `endings` in the order of their ends. */
function endsBy(
  one: Membership,
  next: Membership | undefined,
  endings: readonly Operation[],
  times: CommitTimes,
): number {
  const by = times.latest(one.leftSeq)
  const fromMs = times.latest(one.joinedSeq)
  const untilMs = next === undefined ? Infinity : times.earliest(next.joinedSeq)
  // What ended before it was asked for after it.
  for (let at = firstWhere(endings, ({ completedMs }) => completedMs >= fromMs); ; at += 1) {
    const ending = endings[at]
    if (ending === undefined || ending.completedMs >= Math.min(by, untilMs)) return by
    if (ending.invokedMs >= fromMs) return ending.completedMs
  }
}

/** Where it begins to be so, in a list in which it is so from somewhere on. */
function firstWhere<Item>(items: readonly Item[], isSo: (item: Item) => boolean): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    if (item !== undefined && !isSo(item)) low = middle + 1
    else high = middle
  }
  return low
}

/** Whose membership it ends: one's own, or that of whom is named. */
export const endedBy = ({ op, userId, value }: Operation): string =>
  op === 'leave' ? userId : String(value)

export const ENDINGS: ReadonlySet<string> = new Set(['leave', 'remove', 'ban'])

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
    const known = endings.get(userId)
    if (known === undefined) endings.set(userId, [operation])
    else known.push(operation)
  }
  for (const known of endings.values()) known.sort((a, b) => a.completedMs - b.completedMs)
  for (const [userId, known] of byUser) {
    for (const [at, one] of known.entries()) {
      if (one.leftSeq === Infinity) continue
      one.overByMs = endsBy(one, known[at + 1], endings.get(userId) ?? [], times)
    }
  }
}

interface Handing {
  readonly seq: number
  /** `undefined` where it was not asked for. */
  readonly askedMs?: number | undefined
  readonly atMs: number
}

/**
 * Whether a member may be handed `seq` by an answer that was given between two times: there must have
 * been a moment in which one membership that shows it may have been in force.
 */
export function allows(
  known: readonly Membership[],
  times: CommitTimes,
  { seq, askedMs = -Infinity, atMs }: Handing,
): boolean {
  // Memberships follow one another: those that had not ended before `seq`, and had begun by `atMs`, are a
  // stretch of them. The last is tried first, as it is the one that was in force when it was asked for.
  const begun = firstWhere(known, ({ joinedSeq }) => times.earliest(joinedSeq) > atMs)
  for (let at = begun - 1; at >= 0; at -= 1) {
    const one = known[at]
    if (one === undefined || one.leftSeq <= seq) return false
    if (one.visibleFrom <= seq && one.overByMs >= askedMs) return true
  }
  return false
}
