import { randomUUID } from 'node:crypto'
import type { Attempt, LoadClient } from './load-client.ts'
import type { PlannedOp } from './planned-op.ts'

export interface StagedRoom {
  readonly id: string
  readonly history: 'all' | 'since-join'
  readonly ownerId: string
  /** Who was in it at the beginning. */
  readonly memberIds: readonly string[]
}

export interface FillPorts {
  /** In the order of the plan. */
  readonly rooms: readonly StagedRoom[]
}

const WORDS = [
  'and',
  'then',
  'the',
  'other',
  'room',
  'heard',
  'of',
  'it',
  'too',
  'élan',
  '你好',
  '🙂',
]
const REACTIONS = ['👍', '🎉', 'eyes', '❤️']
/** Whoever is out comes back sooner or later; until then some of what they say is refused. */
const COME_BACK = 0.5
/** One in so many of somebody's operations. */
const NAMES_SOMEBODY = 4
const NAMES_ALL = 3 * NAMES_SOMEBODY
/** How many readings mark something as unread again. */
const SET_BACK = 0.2

/** What a planned operation is here and now; `null` if there is nothing that it could be about. */
export function fillOperation(
  { rooms }: FillPorts,
  client: LoadClient,
  planned: PlannedOp,
): Attempt | null {
  const { draw, n } = planned
  const room = rooms[planned.room]
  if (room === undefined) return null
  const { reading, device } = client
  const { id: roomId } = room
  const isOut = reading.position(roomId) === null
  const op = isOut && draw < COME_BACK ? 'join' : planned.op
  const made = { op, roomId, key: randomUUID() }
  const words = sentence(`${device.name}/${n}`, planned)
  const choose = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(draw * items.length)]
  const mentions = namedBy(planned, room, device.userId)
  const send: Attempt = { ...made, op: 'send', value: words, ...(mentions && { mentions }) }
  const about = (ref: number | undefined, value?: string): Attempt =>
    ref === undefined ? send : { ...made, ref, ...(value !== undefined && { value }) }

  switch (op) {
    case 'send':
      return send
    case 'edit':
      return about(choose(reading.own(roomId)), `${words} (edited)`)
    case 'delete':
      return about(choose(reading.own(roomId)))
    case 'react': {
      const mine = n % 3 === 0 ? choose(reading.reacted(roomId)) : undefined
      if (mine !== undefined) return { ...made, ref: mine.seq, value: mine.key, mode: 'off' }
      return about(choose(reading.recent(roomId)), REACTIONS[n % REACTIONS.length])
    }
    case 'read': {
      const position = reading.position(roomId) ?? 0
      if (draw >= SET_BACK) return { ...made, value: position }
      return { ...made, value: Math.floor((position * draw) / SET_BACK), mode: 'set' }
    }
    case 'search':
      return { ...made, value: WORDS[n % WORDS.length] ?? device.name }
    case 'history':
      return draw < 0.5 ? made : { ...made, ref: choose(reading.recent(roomId)) ?? 1 }
    case 'remove':
    case 'ban': {
      const value = choose(room.memberIds.filter((userId) => userId !== room.ownerId))
      return value === undefined ? send : { ...made, value }
    }
    case 'presence':
      return { ...made, value: `busy with ${n}` }
    case 'typing':
      // Not to be had over plain HTTP.
      return device.via === 'http' ? send : made
    case 'unread':
    case 'join':
    case 'leave':
      return made
  }
}

/** Now and then somebody is named, member or not; who owns the room may name everybody. */
function namedBy(
  { n, draw }: PlannedOp,
  { memberIds, ownerId }: StagedRoom,
  userId: string,
): readonly string[] | undefined {
  if (n % NAMES_SOMEBODY !== 0) return undefined
  if (userId === ownerId && n % NAMES_ALL === 0) return ['@room']
  const first = Math.floor(draw * memberIds.length)
  return [memberIds[first], memberIds[(first + 1) % memberIds.length]].filter(
    (id) => id !== undefined,
  )
}

/** Who says it and the how manieth it is of theirs: what arrives can be told from everything else. */
function sentence(name: string, { words, draw }: PlannedOp): string {
  const first = Math.floor(draw * WORDS.length)
  const rest = Array.from({ length: words }, (_, at) => WORDS[(first + at * 5) % WORDS.length])
  return [name, ...rest].join(' ')
}
