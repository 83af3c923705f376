import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProgram, type Ended } from './run-program.ts'

const PROGRAM = fileURLToPath(
  new URL('../../packages/bench/dist/scoreboard/scoreboard.js', import.meta.url),
)

type Counted = Readonly<
  Record<
    | 'acknowledged'
    | 'expected'
    | 'delivered'
    | 'lost'
    | 'doubled'
    | 'reordered'
    | 'crashes'
    | 'cuts',
    number
  >
>

interface Summary {
  readonly seed: number
  readonly scenarios: readonly {
    readonly name: string
    readonly figures: Readonly<Record<'parley' | 'socket-io', Counted>>
    readonly whyVoid: readonly string[]
  }[]
}

const scoreboard = (args: string): Promise<Ended> => runProgram(PROGRAM, args)

// How fast it was is no matter of this test: on a busy machine the run is void, and says why.
const OF_A_BUSY_MACHINE = /the wall|in place of|offline for/u

test('cut readers of Parley miss nothing, those of plain Socket.IO do, and both are counted alike', async () => {
  const { code, stdout, stderr } = await scoreboard('--only jitter --scale 0.01 --seed 5 --json')
  const { seed, scenarios } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Summary
  expect([seed, scenarios.map(({ name }) => name)]).toEqual([5, ['jitter']])
  const [{ figures, whyVoid } = { figures: null, whyVoid: [] }] = scenarios
  expect(
    whyVoid.filter((reason) => !OF_A_BUSY_MACHINE.test(reason)),
    stderr,
  ).toEqual([])
  expect(code).toBe(whyVoid.length === 0 ? 0 : 1)
  for (const peer of ['parley', 'socket-io'] as const) {
    const counted = figures![peer]
    expect(counted.cuts).toBeGreaterThan(5)
    expect(counted.acknowledged).toBeGreaterThan(10)
    expect(counted.expected).toBe(counted.acknowledged * 8)
    expect(counted.delivered + counted.lost).toBe(counted.expected)
    expect([counted.doubled, counted.reordered, counted.crashes]).toEqual([0, 0, 0])
  }
  expect(figures!.parley.lost).toBe(0)
  expect(figures!['socket-io'].lost).toBeGreaterThan(0)
})

test('what is wrong with flags is a sentence and exit code 2', async () => {
  expect(await scoreboard('--scale huge')).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^--scale takes a number .* not 'huge'\. .*\n$/u),
  })
})
