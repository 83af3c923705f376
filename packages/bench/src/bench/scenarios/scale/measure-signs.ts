import { setTimeout as passes } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Socket } from 'socket.io-client'
import { ANSWER_MS, openSocket } from '../../../capacity/open-socket.ts'
import { clockMs } from '../../../clock.ts'
import { watchNoise, type Noise } from '../../../machine/noise.ts'
import type { ClientPlan, Subject } from '../../../subjects/subject.ts'
import { inTurns } from '../../../peers/in-turns.ts'
import { costDuring, costOfOne } from './bus-cost.ts'

export type SignKind = 'presence' | 'typing'

export interface SignPlan {
  readonly kind: SignKind
  readonly people: readonly ClientPlan[]
  /** All of the people are in all of them. */
  readonly rooms: readonly string[]
  readonly windowMs: number
}

/** All is of one sign: somebody is idle or is not any more, begins to type or ceases to. */
export interface SignFigures {
  readonly busOutBytes: number
  readonly busCommands: number
  readonly frontCpuUs: number
  /** Facts that sockets were handed. */
  readonly handed: number
}

export interface MeasuredSigns {
  readonly kind: SignKind
  readonly members: number
  readonly rooms: number
  readonly figures: SignFigures
  readonly noise: Noise
  readonly whyVoid: readonly string[]
}

/** Slow enough that ten people may say so much: one begins to type once in three seconds. */
const PER_SECOND = 5
const AT_ONCE = 10
/** What is told once a second is told within it. */
const TOLD_MS = 1_500
/** Who may see whom is asked, and told for the first time. */
const FIRST_MS = { least: 1_000, most: 3_000 }

/** Everybody watches everybody; they are on all nodes. */
export async function measureSigns(
  { subject, redis }: { readonly subject: Subject; readonly redis: Redis },
  plan: SignPlan,
): Promise<MeasuredSigns> {
  const { kind, people, rooms, windowMs } = plan
  const opened = await inTurns(people, AT_ONCE, ({ port, token }) =>
    openSocket(`http://127.0.0.1:${port}`, token),
  )
  const sockets = opened.map(({ socket }) => socket)
  try {
    let handed = 0
    for (const socket of sockets) socket.on(kind, () => (handed += 1))
    if (kind === 'presence') {
      const userIds = people.map(({ userId }) => userId)
      await inTurns(sockets, AT_ONCE, (socket) => ask(socket, 'presence:subscribe', { userIds }))
    }
    await passes(Math.min(FIRST_MS.most, Math.max(FIRST_MS.least, windowMs)))
    const endNoise = watchNoise()
    const quiet = await costDuring({ subject, redis }, () => passes(windowMs + TOLD_MS))
    handed = 0
    let said = 0
    const busy = await costDuring({ subject, redis }, async () => {
      said = await saySigns(sockets, plan)
    })
    const one = costOfOne(busy, quiet, said)
    return {
      kind,
      members: people.length,
      rooms: rooms.length,
      figures: {
        busOutBytes: one.outBytes,
        busCommands: one.commands,
        frontCpuUs: one.frontCpuUs,
        handed: handed / said,
      },
      noise: endNoise(),
      whyVoid: [
        ...(handed === 0 ? ['nobody was told'] : []),
        ...(subject.crashes() > 0 ? [`${subject.crashes()} processes have died`] : []),
      ],
    }
  } finally {
    for (const socket of sockets) socket.disconnect()
  }
}

/** One after the other, each by the next of them, until all is told. */
async function saySigns(
  sockets: readonly Socket[],
  { kind, rooms, windowMs }: SignPlan,
): Promise<number> {
  const startedMs = clockMs()
  const signs = Math.max(2, Math.round((windowMs / 1_000) * PER_SECOND))
  for (let sign = 0; sign < signs; sign += 1) {
    if (kind === 'presence') {
      const socket = sockets[sign % sockets.length]
      const idle = Math.floor(sign / sockets.length) % 2 === 0
      await ask(socket, 'presence:set', { idle })
    } else {
      const turn = Math.floor(sign / 2)
      const roomId = rooms[turn % rooms.length]
      await ask(sockets[turn % sockets.length], 'typing:set', { roomId, on: sign % 2 === 0 })
    }
    await passes(Math.max(0, startedMs + ((sign + 1) / PER_SECOND) * 1_000 - clockMs()))
  }
  await passes(TOLD_MS)
  return signs
}

async function ask(socket: Socket | undefined, command: string, payload: object): Promise<void> {
  const reply = (await socket?.timeout(ANSWER_MS).emitWithAck(command, payload)) as
    | { readonly ok: boolean }
    | undefined
  if (reply?.ok !== true) throw new Error(`${command} was answered ${JSON.stringify(reply)}.`)
}
