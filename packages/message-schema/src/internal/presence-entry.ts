import type { ChosenStatus, PresenceState } from '../presence.ts'

/**
 * Where presence lives in Redis: one hash a gateway, from user to entry, that is gone with the
 * gateway's lease. What somebody is, is made of the entries that living gateways have of them.
 */
export const PRESENCE_HASHES = 'parley:presence'
/** Says that entries of a user have changed, to whoever watches that user. */
export const presenceChannel = (userId: string): string => `parley:presence:of:${userId}`
/** Says that anybody's may have: a gateway has written all that it has anew. */
export const PRESENCE_ALL_CHANNEL = 'parley:presence:all'

export interface PresenceEntry {
  readonly status: ChosenStatus
  readonly text: string | null
  /** Of the two: a gateway may not have heard of the newest. */
  readonly version: number
  /** All devices here are idle. */
  readonly idle: boolean
  /** No device is here any more: gone, if none comes back soon. */
  readonly leaving: boolean
}

/** Short, because there is one for everybody who is there. */
export const writeEntry = (entry: PresenceEntry): string =>
  JSON.stringify([
    entry.status,
    entry.version,
    (entry.idle ? 1 : 0) + (entry.leaving ? 2 : 0),
    ...(entry.text === null ? [] : [entry.text]),
  ])

const STATUSES: ReadonlySet<unknown> = new Set(['online', 'away', 'dnd', 'invisible'])

/** `undefined` for what a gateway of another release wrote and nobody understands. */
export function readEntry(written: string): PresenceEntry | undefined {
  try {
    const fields: unknown = JSON.parse(written)
    if (!Array.isArray(fields)) return undefined
    const [status, version, flags, text] = fields as unknown[]
    if (!STATUSES.has(status) || typeof version !== 'number' || typeof flags !== 'number') {
      return undefined
    }
    return {
      status: status as ChosenStatus,
      version,
      idle: (flags & 1) !== 0,
      leaving: (flags & 2) !== 0,
      text: typeof text === 'string' ? text : null,
    }
  } catch {
    return undefined
  }
}

/**
 * The most present of what gateways say: one device that is not idle makes a person `online`. What
 * the person chose is of the newest version that anybody has heard of.
 */
export function mergeEntries(userId: string, entries: readonly PresenceEntry[]): PresenceState {
  const [first, ...others] = entries
  if (first === undefined) return { userId, status: 'offline' }
  const newest = others.reduce((best, one) => (one.version > best.version ? one : best), first)
  if (newest.status === 'invisible') return { userId, status: 'offline' }
  const isIdle = entries.every(({ idle }) => idle)
  const status = newest.status === 'online' && isIdle ? 'away' : newest.status
  return { userId, status, ...(newest.text !== null && { text: newest.text }) }
}
