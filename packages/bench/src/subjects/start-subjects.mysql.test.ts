import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, waitUntil, type Program } from '@parley/local-cluster'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Connection } from '../load/connection.ts'
import type { Dialect } from '../load/dialects/dialect.ts'
import { mqtt } from '../load/dialects/mqtt.ts'
import { nats } from '../load/dialects/nats.ts'
import { nchan } from '../load/dialects/nchan.ts'
import { socketIo } from '../load/dialects/socket-io.ts'
import { ws } from '../load/dialects/ws.ts'
import { startMosquitto } from './mosquitto/start-mosquitto.ts'
import { startNaive } from './naive/start-naive.ts'
import { startNats } from './nats/start-nats.ts'
import { startNchan } from './nchan/start-nchan.ts'
import { startSocketIo, startSocketIoSharded } from './socket-io/start-socket-io.ts'
import type { Role, StartSubject, Subject } from './subject.ts'
import { startWs } from './ws/start-ws.ts'

interface Case {
  readonly start: StartSubject
  readonly dialect: Dialect
  /** Not every machine has them, and a test installs nothing. */
  readonly program?: Program
  readonly roles: readonly Role[]
}

const BROKER = ['broker', 'front', 'front'] as const

const CASES: readonly (readonly [name: Subject['name'], its: Case])[] = [
  ['socket.io', { start: startSocketIo, dialect: socketIo, roles: BROKER }],
  ['socket.io-sharded', { start: startSocketIoSharded, dialect: socketIo, roles: BROKER }],
  ['ws', { start: startWs, dialect: ws, roles: BROKER }],
  [
    'naive',
    { start: startNaive, dialect: socketIo, roles: ['broker', 'database', ...BROKER.slice(1)] },
  ],
  ['nats', { start: startNats, dialect: nats, program: 'nats-server', roles: ['front', 'front'] }],
  [
    'mosquitto',
    { start: startMosquitto, dialect: mqtt, program: 'mosquitto', roles: ['front', 'front'] },
  ],
  // A master and its worker are two.
  [
    'nchan',
    { start: startNchan, dialect: nchan, program: 'nginx', roles: [...BROKER, 'front', 'front'] },
  ],
]

const CLIENTS = 20
const MESSAGES = 200

describe.each(CASES)('%s', (name, { start, dialect, program, roles }) => {
  const isMissing = program !== undefined && findProgram(program) === null
  const members = Array.from({ length: CLIENTS }, (_, index) => index)
  let dir = ''
  let subject: Subject | undefined
  const connections: Connection[] = []

  beforeAll(async () => {
    if (isMissing) return
    dir = mkdtempSync(join(tmpdir(), 'parley-subject-'))
    const { signal } = new AbortController()
    subject = await start({ dir, nodes: 2, onProgress: () => undefined, signal })
  })
  afterAll(async () => {
    for (const connection of connections) connection.close()
    await subject?.stop()
    if (dir !== '') rmSync(dir, { recursive: true })
    expect(subject?.processes() ?? []).toEqual([])
  })

  test.skipIf(isMissing)('brings everything to everybody in one order', async () => {
    const plans = (await subject?.stage({ people: CLIENTS, rooms: [members] })) ?? []
    expect(new Set(plans.map(({ port }) => port)).size).toBe(2)
    const lost: string[] = []
    const heard = await Promise.all(
      plans.map(async (client) => {
        const texts: string[] = []
        const connection = new Connection({
          client,
          dialect,
          record: (bytes, from, to) =>
            texts.push(...dialect.read(Buffer.from(bytes.subarray(from, to))).texts),
          lost: (why) => lost.push(why),
        })
        connections.push(connection)
        await connection.open()
        return texts
      }),
    )
    const texts = Array.from({ length: MESSAGES }, (_, index) => `${index} ${'x'.repeat(200)}`)
    const send = (text: string): Promise<boolean> =>
      new Promise((done) => connections[0]?.send('room-1', text, done))
    expect(new Set(await Promise.all(texts.map(send)))).toEqual(new Set([true]))
    await waitUntil(() => heard.every(({ length }) => length >= MESSAGES), { timeoutMs: 5_000 })
    // Of inserts that run side by side, any is the first to end; but then it is so for everybody.
    const [order = []] = heard
    expect(order).toHaveLength(MESSAGES)
    expect(name === 'naive' ? new Set(order) : order).toEqual(
      name === 'naive' ? new Set(texts) : texts,
    )
    for (const its of heard) expect(its).toEqual(order)
    expect(lost).toEqual([])
    expect(subject?.name).toBe(name)
    expect(subject?.crashes()).toBe(0)
    expect(
      subject
        ?.processes()
        .map(({ role }) => role)
        .toSorted(),
    ).toEqual(roles.toSorted())
  })
})
