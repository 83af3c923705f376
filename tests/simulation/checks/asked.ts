import {
  ParleyError,
  type ErrorCode,
  type GatewayCommand,
  type LogCommandOf,
} from '@parley/message-schema'
import type { VirtualClock } from '../clock/virtual-clock.ts'
import { onceKey, reactionKey } from '../product.ts'
import type { World } from '../schedule/world.ts'

/** What a gateway was asked for by a socket, and what it answered. */
export interface Asked<Command = GatewayCommand> {
  readonly command: Command
  readonly fromMs: number
  /** When it was done. Not there: nobody knows whether it was. */
  doneMs?: number
  /** What was asked for was refused, and for good. */
  refused?: ErrorCode
  data?: Readonly<Record<string, unknown>>
}

export function watchAnswer(
  clock: VirtualClock,
  command: GatewayCommand,
  answer: Promise<unknown>,
): Asked {
  const asked: Asked = { command, fromMs: clock.sinceStartMs }
  answer.then(
    (data) => Object.assign(asked, { data, doneMs: clock.sinceStartMs }),
    (error: unknown) => {
      const isFinal = error instanceof ParleyError && !DOUBTFUL.has(error.code)
      if (isFinal) asked.refused = error.code
    },
  )
  return asked
}

/** After these nobody knows whether it was done. */
const DOUBTFUL = new Set<ErrorCode>(['UNKNOWN_OUTCOME', 'INTERNAL'])

/** Of what was asked for of one kind, all that is about the same thing, in its order. */
function byThing<Kind extends GatewayCommand['kind']>(
  asked: readonly Asked[],
  kind: Kind,
  thingOf: (command: LogCommandOf<Kind>) => string,
): Asked<LogCommandOf<Kind>>[][] {
  const of = asked.filter(({ command }) => command.kind === kind) as Asked<LogCommandOf<Kind>>[]
  return [...groupBy(of, ({ command }) => thingOf(command)).values()]
}

function groupBy<One>(all: readonly One[], keyOf: (one: One) => string): Map<string, One[]> {
  const groups = new Map<string, One[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group === undefined) groups.set(keyOf(one), [one])
    else group.push(one)
  }
  return groups
}

const endOf = ({ doneMs = Infinity }: Asked<unknown>): number => doneMs

/** Who waits longer may have lost the connection that is answered. */
const HEARD_WITHIN_MS = 2_000

/**
 * A cursor that somebody has asked for, without an answer that they have heard, may be moved at any time after it: that
 * it was is told at most once.
 */
export const mayBeMoved = ({ asked, inner }: World, roomId: string, userId: string): boolean =>
  inner.late.has(`PUT /v1/rooms/${roomId}/read of ${userId}`) ||
  asked.some(
    ({ command, fromMs, doneMs = Infinity }) =>
      command.kind === 'read:set' &&
      command.roomId === roomId &&
      command.actor.id === userId &&
      doneMs - fromMs > HEARD_WITHIN_MS,
  )

/** Whose commands are not all numbered: what they asked for over REST may come late. */
const isUnnumbered = ({ devices }: World, who: string): boolean =>
  devices.some(({ userId, isPlain }) => isPlain && userId === who)

/** C6: what was acknowledged after the last `set` stands, and nothing moves it but what was asked for since. */
export function checkCursors(world: World): void {
  const { asked, database, report } = world
  const ofOne = byThing(asked, 'read:set', ({ roomId, actor }) => `${roomId}/${actor.id}`)
  for (const moves of ofOne) {
    const { roomId, actor } = moves[0]!.command
    if (isUnnumbered(world, actor.id)) continue
    const sets = moves.filter(({ command }) => command.mode === 'set')
    const setUntilMs = Math.max(-1, ...sets.map(endOf))
    const last = sets.at(-1)
    const isAlone = sets.every((one) => one === last || endOf(one) < (last?.fromMs ?? 0))
    const firm = moves.filter((one) => one.fromMs > setUntilMs || (one === last && isAlone))
    const floor = Math.max(0, ...firm.map(({ data }) => Number(data?.['readSeq'] ?? 0)))
    const { readSeq: is = 0, joinedSeq = 0 } =
      database.rooms.get(roomId)?.members.get(actor.id) ?? {}
    if (setUntilMs < Infinity && is < floor)
      report('C6', `${actor.id} has read ${roomId} up to ${floor}, and its row says ${is}`)
    if (last === undefined || !isAlone || setUntilMs === Infinity) continue
    // Who comes in has read what was said before.
    const since = moves.filter((one) => endOf(one) >= last.fromMs)
    const ceiling = Math.max(joinedSeq, floor, ...since.map(({ command }) => command.upTo))
    if (is > ceiling)
      report('C6', `${actor.id} has set ${roomId} back to ${ceiling}, and its row says ${is}`)
  }
}

/** What was asked for last, after everything else about it was answered, is so. */
export function checkReactions(world: World): void {
  const { asked, database, report } = world
  const ofOne = byThing(asked, 'reaction:set', ({ roomId, seq, key, actor }) =>
    reactionKey(roomId, seq, key, actor.id),
  )
  for (const wishes of ofOne) {
    const last = wishes.at(-1)!
    const isLast = wishes.every((one) => one === last || endOf(one) < last.fromMs)
    const { roomId, seq, key, on, actor } = last.command
    if (isUnnumbered(world, actor.id)) continue
    const rows = database.rooms.get(roomId)
    if (!isLast || endOf(last) === Infinity || rows?.messages.get(seq)?.deleted !== false) continue
    const is = rows.reactions.has(reactionKey(roomId, seq, key, actor.id))
    if (is !== on) report('C2', `${actor.id} has set ${key} of ${seq} to ${on}, and it is ${is}`)
  }
}

/** I2: what every gateway that was asked for it has refused is not there, however many attempts it made. */
export function checkRefusals({ asked, database, report }: World): void {
  const keyed = asked.filter(({ command }) => 'clientMsgId' in command)
  const all = groupBy(keyed, ({ command }) => {
    const { roomId, actor } = command
    return onceKey(roomId, actor.id, 'clientMsgId' in command ? command.clientMsgId : '')
  })
  const logged = new Set<string>()
  for (const { roomId, committed } of database.rooms.values()) {
    for (const { actor, clientMsgId } of committed) {
      if (clientMsgId !== undefined) logged.add(onceKey(roomId, actor.id, clientMsgId))
    }
  }
  for (const [key, attempts] of all) {
    if (!logged.has(key) || attempts.some(({ refused }) => refused === undefined)) continue
    const codes = attempts.map(({ refused }) => refused).join(', ')
    report('C2', `${key} was refused (${codes}), and is in the log`)
  }
}
