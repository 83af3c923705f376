import { expect, test, vi } from 'vitest'
import { loadLater } from './load-later.ts'

test('it is fetched when it is first needed, and once for all who need it', async () => {
  const load = vi.fn<() => Promise<object>>(async () => ({}))
  const later = loadLater(load)
  expect(load).not.toHaveBeenCalled()
  const [one, other] = await Promise.all([later(), later()])
  expect(one).toBe(other)
  expect(await later()).toBe(one)
  expect(load).toHaveBeenCalledOnce()
})

test('what cannot be fetched is UNKNOWN_OUTCOME, and the next call asks for it again', async () => {
  const cause = new TypeError('Failed to fetch')
  const later = loadLater(
    vi.fn<() => Promise<number>>().mockRejectedValueOnce(cause).mockResolvedValueOnce(7),
  )
  const told = { code: 'UNKNOWN_OUTCOME', isRetryable: true, cause }
  await Promise.all([later(), later()].map((one) => expect(one).rejects.toMatchObject(told)))
  await expect(later()).resolves.toBe(7)
})
