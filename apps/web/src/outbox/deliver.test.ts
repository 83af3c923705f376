import type { ErrorCode, Reply } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { deliver } from './deliver.ts'
import { retryDelayMs } from './retry-delay.ts'

const refused = (code: ErrorCode, retryAfterMs?: number): Reply<string> => ({
  ok: false,
  error: {
    code,
    message: code,
    retryable: true,
    requestId: 'r',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  },
})

function script(...steps: (Reply<string> | 'timeout')[]) {
  const waits: number[] = []
  const attempt = async (): Promise<Reply<string>> => {
    const step = steps.shift()
    if (step === undefined || step === 'timeout') throw new Error('timeout')
    return step
  }
  const sleep = async (ms: number): Promise<void> => void waits.push(ms)
  return { attempt, waits, ports: { sleep, random: () => 1 } }
}

test('a time-out and a retryable refusal are repeated until the answer is known', async () => {
  const { attempt, ports, waits } = script('timeout', refused('SERVER_BUSY', 3_000), {
    ok: true,
    data: 'done',
  })

  await expect(deliver(attempt, ports)).resolves.toBe('done')
  expect(waits).toEqual([400, 3_800])
})

test('what can never succeed is not repeated', async () => {
  const { attempt, ports, waits } = script(refused('MUTED'))

  await expect(deliver(attempt, ports)).rejects.toMatchObject({ code: 'MUTED' })
  expect(waits).toEqual([])
})

test('gives up with the last reason after the last attempt', async () => {
  const { attempt, ports, waits } = script()

  await expect(deliver(attempt, { ...ports, attemptsMax: 3 })).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
  })
  expect(waits).toHaveLength(2)
})

test('waits are jittered, grow to a limit, and honour the server', () => {
  expect(retryDelayMs(0, 0, () => 0)).toBe(200)
  expect(retryDelayMs(0, 0, () => 1)).toBe(400)
  expect(retryDelayMs(50, 0, () => 1)).toBe(15_000)
  expect(retryDelayMs(0, 5_000, () => 0)).toBeGreaterThanOrEqual(5_000)
})
