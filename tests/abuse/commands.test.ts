import { randomUUID } from 'node:crypto'
import {
  COMMANDS,
  ERROR_CODES,
  exportJsonSchema,
  type CommandName,
  type Reply,
} from '@parley/message-schema'
import type { TestSocket } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { badOnes, WHOLE, type Bad } from './bad-payloads.ts'
import { few, IS_LONG } from './chosen-cases.ts'
import { inheritedEverywhere, NOTHING_INHERITED } from './inspect-process.ts'
import { startNeighbours, type Neighbours } from './neighbour.ts'
import { SocketPeer } from './raw-peers.ts'
import { exampleOf, type Json } from './schema-example.ts'
import {
  cluster,
  connect,
  expectAllAlive,
  expectNoInsides,
  expectNoSecretsLogged,
  newPerson,
  newRoom,
  type Person,
} from './stage.ts'

/** Of the wrong values for each field. */
const EACH = IS_LONG ? 100 : 4
const schemas = exportJsonSchema()['commands'] as Record<CommandName, { payload: Json }>
const commands = Object.entries(COMMANDS) as [CommandName, (typeof COMMANDS)[CommandName]][]

let owner: Person
let room: string
let neighbours: Neighbours
let socket: TestSocket
beforeAll(async () => {
  owner = newPerson()
  room = await newRoom(owner)
  neighbours = await startNeighbours()
  socket = await connect(owner)
})
afterAll(() => {
  socket.disconnect()
})

/** About a room of the caller’s own, so that what is right of it goes all the way. */
function baseOf(name: CommandName): unknown {
  const base = exampleOf(name, schemas[name].payload, COMMANDS[name].payload) as Json
  return {
    ...base,
    ...('roomId' in base && { roomId: room }),
    ...('clientMsgId' in base && { clientMsgId: randomUUID() }),
    ...('rooms' in base && { rooms: { [room]: 0 } }),
  }
}

type Emit = (name: string, ...args: unknown[]) => Promise<Reply<unknown>>

/** Who is too fast is somebody else from then on. */
async function ask(name: CommandName, value: unknown): Promise<Reply<unknown>> {
  for (;;) {
    const timed = socket.timeout(30_000) as unknown as { emitWithAck: Emit }
    const reply = await timed.emitWithAck(name, value)
    if (reply.ok || reply.error.code !== 'RATE_LIMITED') return reply
    socket.disconnect()
    socket = await connect(newPerson())
  }
}

const asSent = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

async function expectClearAnswer(name: CommandName, { what, value }: Bad): Promise<void> {
  const reply = await ask(name, value)
  const told = [name, what, reply.ok ? 'ok' : reply.error.code]
  if (!COMMANDS[name].payload.safeParse(asSent(value)).success) {
    expect(told).toEqual([name, what, expect.stringMatching(/^(?:INVALID|TOO_LARGE)$/u)])
  }
  if (reply.ok) return
  expect([name, what, ERROR_CODES]).toEqual([
    name,
    what,
    expect.arrayContaining([reply.error.code]),
  ])
  expect(told).not.toEqual([name, what, 'INTERNAL'])
  expectNoInsides(JSON.stringify(reply))
}

test.each(commands)('%s answers everything that is not its payload', async (name) => {
  for (const bad of [...few(WHOLE, 12), ...badOnes(baseOf(name), EACH)])
    await expectClearAnswer(name, bad)
})

test.each(commands)('%s without an ack, or with an ack that is none', async (name) => {
  const peer = new SocketPeer(
    cluster.gateways[0] ?? '',
    `40${JSON.stringify({ token: newPerson().token, v: 1 })}`,
  )
  const base = baseOf(name)
  const lists = [null, 7, 'x', {}, [], base].flatMap((payload) =>
    [[], [{}], [null], ['ack'], [[]], [7], [{ call: 1, apply: 1 }], [base, base]].map((more) => [
      name,
      payload,
      ...more,
    ]),
  )
  // Also with an id where the last argument is none: then the payload is not the last.
  for (const list of [[name], ...lists]) {
    await peer.play([`42${JSON.stringify(list)}`, `429${JSON.stringify(list)}`])
  }
  peer.close()
})

test('a hundred thousand keys end the connection that sent them, with its reason', async () => {
  const other = await connect(newPerson())
  const ended = new Promise((resolve) => {
    other.io.engine.once('close', (_reason, details) => {
      resolve((details as { context: { code: number } }).context.code)
    })
  })
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`key${n}`, n]))
  other.emit('sync', many as never, () => undefined)
  // 1009: message too big.
  expect(await ended).toBe(1009)
})

test('nothing is left of it: not in the processes, and not for the neighbours', async () => {
  expect(await inheritedEverywhere()).toEqual(NOTHING_INHERITED)
  await neighbours.expectUnharmed()
  await expectAllAlive()
  expectNoSecretsLogged()
})
