import type { Room, SessionReady } from '@parley/message-schema'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Connection, ConnectionState } from './connection/connection.ts'
import { createLinkCache } from './files/link-cache.ts'
import { createCatchUp } from './log/catch-up.ts'
import { RoomTrack } from './log/room-track.ts'
import { createReading } from './rooms/create-reading.ts'
import { createRoomListView } from './rooms/room-list.ts'
import type { RoomRecord } from './rooms/room-record.ts'
import { createTyping } from './rooms/create-typing.ts'
import { createStore } from './store.ts'

const HOUR_MS = 3_600_000
const setBack = (): void => void vi.setSystemTime(Date.now() - HOUR_MS)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('the list of rooms goes on when the clock is set back', async () => {
  const view = createRoomListView({ get: () => createStore(null) })
  const info = createStore({ id: 'r', name: 'one', createdAt: '' } as Room)
  const record = { info, line: null, activeTs: null, publish: () => undefined }
  const change = (name: string): void => {
    info.set({ ...info.current, name })
    view.changed(record as unknown as RoomRecord)
  }
  change('one')
  await vi.advanceTimersByTimeAsync(100)
  setBack()
  change('two')
  await vi.advanceTimersByTimeAsync(100)
  expect(view.list.current.rooms.map((room) => room.info.name)).toEqual(['two'])
})

test('what is missing in a room is asked for when the clock is set back', async () => {
  const track = new RoomTrack('r')
  track.start(5, 1)
  let syncs = 0
  const request = async () => {
    syncs += 1
    return { rooms: {}, epoch: 1 }
  }
  const catchUp = createCatchUp({
    tracks: new Map([['r', track]]),
    connection: {
      session: createStore<SessionReady | null>(null),
      state: createStore({ via: 'websocket' } as ConnectionState),
      request: request as unknown as Connection['request'],
    },
  })
  track.offer(6)
  catchUp.look(track)
  setBack()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(syncs).toBeGreaterThan(0)
  catchUp.stop()
})

test('how far was read is told when the clock is set back', async () => {
  const told: number[] = []
  const record = {
    roomId: 'r',
    isMine: true,
    readSeq: 0,
    pendingRead: null as number | null,
    log: { position: 9 },
    moveRead: (upTo: number) => (record.pendingRead = upTo),
    takeRead: () => (record.pendingRead = null),
  }
  const reading = createReading({
    record: record as unknown as RoomRecord,
    request: (async (_: string, { upTo }: { upTo: number }) => told.push(upTo)) as never,
    call: (() => undefined) as never,
    myId: () => 'ada',
  })
  reading.markRead(1)
  await vi.advanceTimersByTimeAsync(10)
  setBack()
  reading.markRead(2)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(told).toEqual([1, 2])
})

test('that I type is told again when the clock is set back', async () => {
  let told = 0
  const typing = createTyping({
    roomId: 'r',
    log: { follow: () => () => undefined },
    connection: {
      session: createStore<SessionReady | null>(null),
      state: createStore({ status: 'live', via: 'websocket' } as ConnectionState),
      request: (async () => (told += 1)) as never,
      onFact: () => () => undefined,
    },
    meId: () => 'ada',
    isOn: () => true,
  })
  typing.keystroke()
  setBack()
  await vi.advanceTimersByTimeAsync(4_000)
  typing.keystroke()
  expect(told).toBe(2)
})

test('a link to a file that was asked for later than now is asked for anew', async () => {
  let asked = 0
  const links = createLinkCache({
    now: Date.now,
    ask: async () => {
      asked += 1
      return { url: `/${asked}`, expiresAt: new Date(Date.now() + 600_000).toISOString() }
    },
  })
  await links.get('f', false)
  await links.get('f', false)
  expect(asked).toBe(1)
  setBack()
  expect(await links.get('f', false)).toBe('/2')
  expect(await links.get('f', false)).toBe('/2')
})
