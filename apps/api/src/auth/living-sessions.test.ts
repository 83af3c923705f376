import { expect, test, vi } from 'vitest'
import { createLivingSessions } from './living-sessions.ts'

test('only good answers are remembered, and not once the session was ended here', async () => {
  const session = { userId: 'ada', isRevoked: false }
  const find = vi.fn(async () => session)
  const living = createLivingSessions(find)
  expect(await living.isLiving('s', 'ada')).toBe(true)
  expect(await living.isLiving('s', 'ada')).toBe(true)
  expect(find).toHaveBeenCalledTimes(1)
  expect(await living.isLiving('s', 'mallory')).toBe(false)

  session.isRevoked = true
  living.forget('s')
  expect(await living.isLiving('s', 'ada')).toBe(false)
  expect(await living.isLiving('s', 'ada')).toBe(false)
  expect(find).toHaveBeenCalledTimes(4)
})
