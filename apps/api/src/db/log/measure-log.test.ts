import { createRegistry } from '@parley/server-kit'
import { expect, test } from 'vitest'
import type { LogStore } from '../../room-log/room-log.ts'
import { measureLog } from './measure-log.ts'

test('transactions are counted by outcome, and answers of retries are told from others', async () => {
  const registry = createRegistry('test')
  const answers: (() => ReturnType<LogStore['runBatch']>)[] = [
    async () => ({
      outcomes: [{ data: { seq: 1 } }, { data: { seq: 2, dup: true } }],
      news: [],
      changedUsers: [],
    }),
    () => Promise.reject(new Error('away')),
  ]
  const store = measureLog(
    { runBatch: async () => answers.shift()?.() ?? Promise.reject(new Error('none')) },
    { registry, queued: () => 7 },
  )
  await store.runBatch([{} as never, {} as never])
  await expect(store.runBatch([{} as never])).rejects.toThrow('away')
  const text = await registry.metrics()
  const value = (series: string): string | undefined =>
    text
      .split('\n')
      .find((line) => line.startsWith(series))
      ?.split(' ')
      .at(-1)
  expect(value('parley_log_dups_total')).toBe('1')
  expect(value('parley_log_queued_commands')).toBe('7')
  expect(value('parley_log_batch_commands_sum')).toBe('2')
  expect(text).toMatch(/transaction_seconds_count\{[^}]*outcome="committed"[^}]*\} 1/u)
  expect(text).toMatch(/transaction_seconds_count\{[^}]*outcome="failed"[^}]*\} 1/u)
})
