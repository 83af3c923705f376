import { mayDropPackets } from '@parley/check'
import { expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import { runProgram } from './run-program.ts'

const PROGRAM = fileURLToPath(new URL('../../packages/check/dist/run/verify.js', import.meta.url))
const TIMEOUT_MS = 280_000

const FAULTS = [
  'process-cut-off@g1',
  'process-cut-off@a1',
  'process-cut-off@redis',
  'process-cut-off@database',
  'way-lost@client>balancer',
  'way-lost@g2>api',
  'way-lossy@client>balancer',
]

// A network of one's own takes Linux and root.
test.skipIf(!(await mayDropPackets()))(
  'whoever is cut off, and whatever packets are lost: all promises hold',
  { timeout: TIMEOUT_MS },
  async () => {
    const load = '--duration 40 --clients 12 --rooms 4 --seed 3 --json'
    const { code, stdout, stderr } = await runProgram(
      PROGRAM,
      `--faults ${FAULTS.join(',')} ${load}`,
    )
    expect(code, `${stdout}\n${stderr}`).toBe(0)
    expect(stderr).not.toContain('could not be injected')
    const { faults } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { faults: number }
    expect(faults).toBeGreaterThanOrEqual(FAULTS.length)
  },
)
