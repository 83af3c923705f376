import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runProgram, type Ended } from './run-program.ts'

const PROGRAM = fileURLToPath(new URL('../../packages/bench/dist/bench/bench.js', import.meta.url))

interface Summary {
  readonly scenario: string
  readonly subjects: readonly {
    readonly name: string
    readonly level: string
    readonly cpuUsPerDelivery: number
    readonly cpuUsPerMessage: number
    readonly messagesPerSecond: number
    readonly p50Ms: number
    readonly p99Ms: number
    readonly lost: number
  }[]
  readonly noise: { readonly rounds: number; readonly noisyRounds: number }
  readonly levels: readonly { readonly level: string }[]
}

const bench = (args: string): Promise<Ended> => runProgram(PROGRAM, args)

test('durable sends are measured, and all that was sent came as it was sent', async () => {
  const { code, stdout, stderr } = await bench(
    'send --subjects parley --rounds 1 --seconds 1 --json',
  )
  expect(stderr).not.toContain('Void')
  expect(code, stdout).toBe(0)
  const { scenario, subjects, levels, noise } = JSON.parse(
    stdout.trimEnd().split('\n').at(-1) ?? '',
  ) as Summary
  expect([scenario, levels.length, noise.rounds]).toEqual(['send', 8, 8])
  expect(subjects.map(({ name }) => name)).toEqual(['parley'])
  for (const one of subjects) {
    expect(one.lost).toBe(0)
    const measured = [one.cpuUsPerMessage, one.cpuUsPerDelivery, one.messagesPerSecond, one.p50Ms]
    for (const figure of measured) expect(figure).toBeGreaterThan(0)
  }
})

test('what is wrong with flags is a sentence and exit code 2', async () => {
  expect(await bench('fanout --rounds none')).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^--rounds takes a whole number .* not 'none'\. .*\n$/u),
  })
})
