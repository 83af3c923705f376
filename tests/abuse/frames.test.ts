import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CASES, SEED } from './chosen-cases.ts'
import * as grammar from './frame-grammar.ts'
import { inheritedEverywhere, NOTHING_INHERITED } from './inspect-process.ts'
import { startNeighbours, type Neighbours } from './neighbour.ts'
import { askWith, pollOnce, sendBytes, SocketPeer, upgradeTwice } from './raw-peers.ts'
import {
  cluster,
  expectAllAlive,
  expectNoSecretsLogged,
  newPerson,
  newRoom,
  type Person,
} from './stage.ts'

const AT_ONCE = 16
const ROUND = 1_000

const gateway = cluster.gateways[0] ?? ''
/** One each for those that play at once: limits are of a user. */
const people = Array.from({ length: AT_ONCE }, () => newPerson())
const [person] = people as [Person]
const connectFrameOf = ({ token }: Person): string => `40${JSON.stringify({ token, v: 1 })}`
let room: string
let neighbours: Neighbours
beforeAll(async () => {
  room = await newRoom(person, people.slice(1))
  neighbours = await startNeighbours()
})
afterAll(() => {
  console.log(`The frames were those of ABUSE_SEED=${SEED}, ${CASES} cases.`)
})

/** So many at a time; the first that fails says which it was. */
async function runAll<Case>(
  cases: Iterable<Case>,
  run: (one: Case, lane: number) => Promise<void>,
): Promise<number> {
  const queue = cases[Symbol.iterator]()
  let count = 0
  const lanes = Array.from({ length: AT_ONCE }, async (_, lane) => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      const number = (count += 1)
      await run(next.value, lane).catch((error: unknown) => {
        throw new Error(`ABUSE_SEED=${SEED}, case ${number}: ${String(error)}`, { cause: error })
      })
    }
  })
  await Promise.all(lanes)
  return count
}

function* generated<Value>(arbitrary: fc.Arbitrary<Value>, count: number): Generator<Value> {
  for (let from = 0; from < count; from += ROUND) {
    yield* fc.sample(arbitrary, { seed: SEED + from, numRuns: Math.min(ROUND, count - from) })
  }
}

/** Frames of a script, on average. */
const SCRIPT_FRAMES = 2.5
const share = (percent: number, each = 1): number => Math.ceil((CASES * percent) / 100 / each)
const peers = (areSignedIn: boolean): SocketPeer[] =>
  people.map((one) => new SocketPeer(gateway, areSignedIn ? connectFrameOf(one) : undefined))

/** All of them in the long run; else some of each, spread evenly. */
function some(all: readonly string[], count: number): string[] {
  const step = Math.max(1, all.length / count)
  const offset = SEED % Math.ceil(step)
  return Array.from({ length: Math.min(count, all.length) }, (_, n) => {
    return all[Math.min(all.length - 1, Math.floor(n * step) + offset)] ?? ''
  })
}

test.each([
  ['nobody has signed in', false, 20],
  ['somebody has signed in', true, 20],
] as const)('valid frames with a byte changed, where %s', async (_, isSignedIn, percent) => {
  const all = [...grammar.mutations(grammar.validFrames({ token: person.token, room }))]
  const lanes = peers(isSignedIn)
  const count = await runAll(some(all, share(percent)), (frame, lane) => lanes[lane]!.play([frame]))
  expect(count).toBeGreaterThan(0)
  for (const peer of lanes) peer.close()
  await expectAllAlive()
})

test.each([
  ['nobody has signed in', false, 15],
  ['somebody has signed in', true, 35],
] as const)('frames of the grammar and its mistakes, where %s', async (_, isSignedIn, percent) => {
  const lanes = peers(isSignedIn)
  const scripts = generated(grammar.script(room), share(percent, SCRIPT_FRAMES))
  await runAll(scripts, (script, lane) => lanes[lane]!.play(script))
  for (const peer of lanes) peer.close()
  await expectAllAlive()
})

test('payloads of HTTP polling, several packets at once, and two requests where one is allowed', async () => {
  let number = 0
  await runAll(generated(grammar.script(room), share(6, SCRIPT_FRAMES)), (script) =>
    pollOnce(gateway, script, (number += 1) % 2 === 0 ? connectFrameOf(person) : undefined),
  )
  await expectAllAlive()
})

test('requests for no session, no transport and no version', async () => {
  let number = 0
  await runAll(generated(grammar.query, share(2)), (query) =>
    askWith(gateway, query, (number += 1) % 3 === 0 ? 'POST' : 'GET'),
  )
  await expectAllAlive()
})

test('bytes that are no WebSocket frames, and upgrades of what cannot be upgraded', async () => {
  const bytes = fc.tuple(
    fc.oneof(fc.constant('EIO=4&transport=websocket'), grammar.query),
    fc.array(grammar.socketBytes, { minLength: 1, maxLength: 3 }),
  )
  await runAll(generated(bytes, share(2)), ([query, pieces]) => sendBytes(gateway, query, pieces))
  await runAll(Array.from({ length: 20 }), () => upgradeTwice(gateway))
  await expectAllAlive()
})

test('nothing is left of it: not in the processes, and not for the neighbours', async () => {
  expect(await inheritedEverywhere()).toEqual(NOTHING_INHERITED)
  await neighbours.expectUnharmed()
  await expectAllAlive()
  expectNoSecretsLogged()
})
