import type { ServiceTimes } from './simulate-resume.ts'
import { Servers, type VirtualTime } from './virtual-time.ts'

/** What gateways ask the API in a resume storm, in the shapes of the real one. */
export interface ResumeLog {
  readonly fetchUserStates: (users: readonly { readonly id: string }[]) => Promise<UserStates>
  readonly reconcile: (known: Known) => Promise<Reconciled>
  readonly fetchEvents: (ranges: Ranges) => Promise<Events>
}

interface Known {
  readonly rooms: Readonly<Record<string, number>>
  readonly users: Readonly<Record<string, number>>
}
interface Ranges {
  readonly rooms: Readonly<Record<string, { readonly after: number; readonly limit: number }>>
}
type Reconciled = { rooms: Record<string, never>; users: string[]; epoch: number }
interface UserStates {
  users: Record<string, UserState>
  refused: string[]
  epoch: number
}
interface UserState {
  version: number
  rooms: UserRoom[]
  revokedSessionIds: string[]
}
interface UserRoom {
  roomId: string
  head: number
  memberVersion: number
  role: 'member'
  joinedSeq: number
  visibleFrom: number
  memberCount: number
}
interface Events {
  rooms: Record<string, { head: number; memberVersion: number; events: LogEvent[] }>
}
export interface LogEvent {
  seq: number
  type: 'message:created'
  ts: string
  actor: { id: string; kind: 'user' }
  data: { text: string }
}

type Kind = 'users' | 'reconcile' | 'events'

export interface LogCounts {
  readonly requests: Readonly<Record<Kind, number>>
  /** SQL statements, as the API's stores make them for such requests. */
  readonly queries: Readonly<Record<Kind, number>>
  /** Rooms whose events were read, each time that one was. */
  readonly rangesRead: number
}

export interface SimulatedLogOptions {
  readonly time: VirtualTime
  readonly times: ServiceTimes
  readonly roomsOf: ReadonlyMap<string, readonly string[]>
  /** Of every room, now. */
  readonly head: () => number
}

/** `readUserStates`: a snapshot's two statements, seven reads, and its end. */
const USERS_QUERIES = 10
/** `readEventRanges`: a snapshot's two statements and its end; two reads a room. */
const EVENTS_QUERIES = 3
const RANGE_QUERIES = 2

export function createSimulatedLog({ time, times, roomsOf, head }: SimulatedLogOptions) {
  const apis = new Servers(time, times.apis)
  const requests = { users: 0, reconcile: 0, events: 0 }
  const queries = { users: 0, reconcile: 0, events: 0 }
  let rangesRead = 0
  const ask = async (kind: Kind, statements: number, ms: number): Promise<void> => {
    requests[kind] += 1
    queries[kind] += statements
    await time.sleep(times.networkMs)
    await apis.serve(ms)
    await time.sleep(times.networkMs)
  }
  const asked: ResumeLog = {
    async fetchUserStates(users) {
      await ask('users', USERS_QUERIES, users.length * times.userMs)
      const states = users.map(({ id }): [string, UserState] => [
        id,
        { version: 1, rooms: toRooms(roomsOf.get(id) ?? [], head()), revokedSessionIds: [] },
      ])
      return { users: Object.fromEntries(states), refused: [], epoch: 1 }
    },
    async reconcile({ rooms, users }) {
      const names = [rooms, users].filter((known) => Object.keys(known).length > 0)
      const part = Object.keys(rooms).length / 1_000
      // The heads, if rooms are asked about, the users' versions, if users are, and the epoch.
      await ask('reconcile', 1 + names.length, Math.max(0.3, part * times.reconcileMs))
      return { rooms: {}, users: [], epoch: 1 }
    },
    async fetchEvents({ rooms }) {
      const ranges = Object.entries(rooms)
      rangesRead += ranges.length
      const statements = EVENTS_QUERIES + RANGE_QUERIES * ranges.length
      await ask('events', statements, ranges.length * times.rangeMs)
      return {
        rooms: Object.fromEntries(
          ranges.map(([roomId, { after }]) => [
            roomId,
            { head: head(), memberVersion: 1, events: eventsAfter(after, head()) },
          ]),
        ),
      }
    },
  }
  return {
    asked,
    counts: (): LogCounts => ({ requests: { ...requests }, queries: { ...queries }, rangesRead }),
  }
}

const toRooms = (roomIds: readonly string[], head: number): UserRoom[] =>
  roomIds.map((roomId) => ({
    roomId,
    head,
    memberVersion: 1,
    role: 'member',
    joinedSeq: 1,
    visibleFrom: 1,
    memberCount: 100,
  }))

export const eventsAfter = (after: number, head: number): LogEvent[] =>
  Array.from({ length: Math.max(0, head - after) }, (_, index) => ({
    seq: after + index + 1,
    type: 'message:created',
    ts: '2026-01-01T00:00:00.000Z',
    actor: { id: 'u0', kind: 'user' },
    data: { text: 'x' },
  }))
