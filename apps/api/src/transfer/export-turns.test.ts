import { expect, test } from 'vitest'
import { createExportTurn } from './export-turns.ts'

/** Exports that go on until they are told to end. */
function begin() {
  const turn = createExportTurn()
  const ends: (() => void)[] = []
  const start = (caller: Parameters<typeof turn>[0]): Promise<string> =>
    turn(caller, () => new Promise((resolve) => ends.push(() => resolve('done'))))
  return { turn, ends, start }
}
const user = (id: string) => ({ userId: id })

test('so many of one person, and the next when one of them has ended', async () => {
  const { turn, ends, start } = begin()
  const running = [start(user('ada')), start(user('ada'))]
  await expect(start(user('ada'))).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    retryAfterMs: expect.any(Number),
  })
  expect(await turn(user('bob'), async () => 'done')).toBe('done')
  ends[0]?.()
  expect(await running[0]).toBe('done')
  expect(await turn(user('ada'), async () => 'done')).toBe('done')
})

test('so many of all, and one that fails gives its turn back', async () => {
  const { turn, ends, start } = begin()
  for (let n = 0; n < 8; n += 1) void start({ keyId: 'backend' })
  await expect(start({ keyId: 'backend' })).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  const last = Array.from({ length: 8 }, (_, n) => start(user(`u${n}`)))
  await expect(start(user('late'))).rejects.toMatchObject({
    code: 'SERVER_BUSY',
    retryAfterMs: expect.any(Number),
  })
  ends.at(-1)?.()
  await last.at(-1)
  await expect(turn(user('late'), () => Promise.reject(new Error('broken')))).rejects.toThrow()
  expect(await turn(user('late'), async () => 'done')).toBe('done')
})
