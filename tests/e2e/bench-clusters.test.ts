import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { runProgram } from './run-program.ts'

const PROGRAM = fileURLToPath(new URL('../../packages/bench/dist/bench/bench.js', import.meta.url))

interface Summary<Subject> {
  readonly scenario: string
  readonly subjects: readonly ({ readonly name: string } & Subject)[]
  readonly noise: { readonly rounds: number }
  readonly whyVoid: readonly string[]
}

// Each starts clusters and waits for them to come to rest, which on a loaded machine takes long.
vi.setConfig({ testTimeout: 400_000 })

/** The last line, of a run that was not void. */
async function bench<More>(args: string): Promise<More> {
  const { code, stdout, stderr } = await runProgram(PROGRAM, `${args} --json`)
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  expect(code, `${stdout}\n${stderr}`).toBe(0)
  return JSON.parse(last) as More
}

test('idle: what a connection costs in memory, to come, and to be there', async () => {
  // What a few hundred add is less than what a heap gives back by itself.
  const { scenario, subjects, noise } = await bench<
    Summary<{
      readonly clients: number
      readonly rssBytes: number
      readonly handshakeCpuUs: number
      readonly idleMsPerSecond: Readonly<Record<string, number>>
    }>
  >('idle --clients 1000 --seconds 1 --subjects parley,socket.io')
  expect([scenario, noise.rounds]).toEqual(['idle', 2])
  expect(subjects.map(({ name, clients }) => [name, clients])).toEqual([
    ['parley', 1000],
    ['socket.io', 1000],
  ])
  for (const { name, rssBytes, handshakeCpuUs, idleMsPerSecond } of subjects) {
    for (const figure of [rssBytes, handshakeCpuUs]) expect(figure, name).toBeGreaterThan(0)
    // In so short a time one that has nothing to do may not run at all.
    expect(idleMsPerSecond['front'], name).toBeGreaterThanOrEqual(0)
  }
})

test('resume: all come back and have what they missed, and what that asked of the servers is counted', async () => {
  interface Level {
    readonly level: string
    readonly rooms: number
    readonly allCaughtUpMs: number
    readonly requests: Readonly<Record<string, number>>
    readonly statements: number
    readonly lost: number
  }
  const { subjects, levels } = await bench<Summary<Level> & { readonly levels: readonly Level[] }>(
    'resume --clients 30 --seconds 1',
  )
  expect(subjects).toHaveLength(1)
  expect(levels).toHaveLength(4)
  for (const { level, rooms, lost, allCaughtUpMs, requests, statements } of levels) {
    expect([rooms, lost], level).toEqual([20, 0])
    for (const figure of [allCaughtUpMs, requests['users'], statements])
      expect(figure, level).toBeGreaterThan(0)
  }
  // Gateways that were started anew have heard nothing of what was said before.
  expect(levels.at(-1)?.requests['events']).toBeGreaterThan(0)
})

test('scale: news reach the gateways that host the room, and no others', async () => {
  interface Messages {
    readonly name: string
    readonly hosts: number
    readonly busOutBytes: number
    readonly busPublishes: number
    readonly lost: number
  }
  const { levels, signs } = await bench<
    Summary<Messages> & {
      readonly levels: readonly Messages[]
      readonly signs: readonly { readonly kind: string; readonly handed: number }[]
    }
  >('scale --gateways 2 --seconds 1 --subjects parley,socket.io')
  // Of one PUBLISH: on a busy machine several messages may be one.
  const bytesOf = (subject: string, on: number): number => {
    const one = levels.find(({ name, hosts }) => name === subject && hosts === on)
    return one === undefined ? Number.NaN : one.busOutBytes / one.busPublishes
  }
  expect(levels.map(({ lost }) => lost)).toEqual([0, 0, 0, 0])
  // One frame of news, or two; Socket.IO's adapter tells both.
  expect(bytesOf('parley', 2) / bytesOf('parley', 1)).toBeGreaterThan(1.5)
  expect(bytesOf('socket.io', 2) / bytesOf('socket.io', 1)).toBeLessThan(1.5)
  expect(signs).toHaveLength(6)
  for (const { kind, handed } of signs) expect(handed, kind).toBeGreaterThan(1)
})
