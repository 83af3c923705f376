import type { LogEntry, Room, RoomLog, Variant } from './indexed-history.ts'

export const NO_LOG: RoomLog = {
  entries: [],
  bySeq: new Map(),
  isDumped: false,
  knownFrom: Infinity,
  erasedTo: 0,
  head: undefined,
}

/** As it was read last: what was deleted since is a tombstone then. */
const lastForm = (variants: readonly Variant[]): Variant | undefined =>
  variants.find(({ isFinal }) => isFinal) ?? variants[0]

/** The rows where there are any; else what was read when all was quiet, and what anybody was handed. */
export function roomLog(
  room: Pick<Room, 'rows' | 'state' | 'variants' | 'tracks'>,
  /** Whether the history has rows at all: a room without any is then an empty one. */
  hasRows: boolean,
): RoomLog {
  const isDumped = room.rows.size > 0 || (hasRows && room.state !== undefined)
  const entries = isDumped ? [...room.rows.values()] : handed(room.variants)
  entries.sort((a, b) => a.seq - b.seq)
  const knownFrom = isDumped ? 1 : firstFinal(room)
  const known = Number.isFinite(knownFrom) ? (entries.at(-1)?.seq ?? 0) : undefined
  let erasedTo = 0
  for (const { facts } of entries) erasedTo = Math.max(erasedTo, facts.erasedTo ?? 0)
  return {
    entries,
    erasedTo,
    bySeq: new Map(entries.map((entry) => [entry.seq, entry])),
    isDumped,
    knownFrom,
    head: room.state?.head ?? known,
  }
}

function handed(variants: Room['variants']): LogEntry[] {
  const entries: LogEntry[] = []
  for (const [seq, known] of variants) {
    const variant = lastForm(known)
    if (variant === undefined) continue
    entries.push({ seq, line: variant.line, facts: variant.facts, clientMsgId: undefined })
  }
  return entries
}

function firstFinal({ tracks }: Pick<Room, 'tracks'>): number {
  let first = Infinity
  for (const { deliveries } of tracks.values()) {
    for (const { by, seq } of deliveries) if (by === 'final' && seq < first) first = seq
  }
  return first
}
