import type { OperationLine } from '../history/history-line.ts'
import { integerBetween, seededRandom } from '../seeded-random.ts'
import { HOT_ROOM, type Plan, type PlannedDevice } from './plan.ts'

/** What a device does next. What it is about is found by `draw` among what the device knows by then. */
export interface PlannedOp {
  /** Counts the operations of the device from 1: with its name it makes every text another one. */
  readonly n: number
  readonly op: OpName
  readonly room: number
  /** From 0 to below 1. */
  readonly draw: number
  /** Words beside those that name the sender. */
  readonly words: number
  /** Is asked for once more with the same id, also when it was answered. */
  readonly isAskedTwice: boolean
  /** So many more are sent behind it, without waiting for any answer. */
  readonly burst: number
}

const WEIGHTS = [
  ['send', 62],
  ['react', 8],
  ['read', 8],
  ['edit', 6],
  ['history', 4],
  ['delete', 3],
  ['typing', 3],
  ['unread', 2],
  ['search', 1],
  ['join', 1.5],
  ['presence', 1],
  ['leave', 0.6],
  ['remove', 0.5],
  ['ban', 0.3],
] as const satisfies readonly (readonly [OperationLine['op'], number])[]
export type OpName = (typeof WEIGHTS)[number][0]

const ALL_WEIGHTS = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0)

const HOT_SHARE = 0.3
const MOST_WORDS = 12
const TWICE_SHARE = 0.08
const BURST_SHARE = 0.01
const LONGEST_BURST = 12

/** Without an end; each device draws from numbers of its own, however fast the others are. */
export function* plannedOps(plan: Plan, device: PlannedDevice): Generator<PlannedOp, never> {
  const random = seededRandom(`${plan.seed} ${device.name}`)
  const isIn = (room: Plan['rooms'][number]): boolean => room.members.includes(device.user)
  const own = plan.rooms.filter((room) => room.index !== HOT_ROOM && isIn(room))
  const rooms = own.map(({ index }) => index)
  for (let n = 1; ; n += 1) {
    const op = drawOp(random)
    const room = drawRoom(plan, rooms, op, random)
    const draw = random()
    const words = Math.floor(random() ** 2 * MOST_WORDS)
    const isAskedTwice = random() < TWICE_SHARE
    const burst = random() < BURST_SHARE ? integerBetween(random, 2, LONGEST_BURST) : 0
    const isOwner = plan.rooms[room]?.owner === device.user
    yield { n, op: allowed(op, isOwner), room, draw, words, isAskedTwice, burst }
  }
}

function drawOp(random: () => number): OpName {
  let left = random() * ALL_WEIGHTS
  for (const [op, weight] of WEIGHTS) {
    left -= weight
    if (left < 0) return op
  }
  return 'send'
}

/** The hot one often, the others as Zipf has it; one joins any room, also one that one was not planned for. */
function drawRoom(
  { rooms }: Plan,
  own: readonly number[],
  op: OpName,
  random: () => number,
): number {
  const isHot = random() < HOT_SHARE
  const place = random()
  if (op === 'join') return Math.floor(place * rooms.length)
  if (isHot || own.length === 0) return HOT_ROOM
  const shares = own.map((_, rank) => 1 / (rank + 1))
  let left = place * shares.reduce((sum, share) => sum + share, 0)
  for (const [rank, share] of shares.entries()) {
    left -= share
    if (left < 0) return own[rank] ?? HOT_ROOM
  }
  return HOT_ROOM
}

/** Owners stay and moderate; the others come and go. */
function allowed(op: OpName, isOwner: boolean): OpName {
  if (isOwner) return op === 'leave' || op === 'join' ? 'send' : op
  return op === 'remove' || op === 'ban' ? 'send' : op
}
