import { expect, test } from 'vitest'
import { createPasswordHash, createQueue } from './password-hash.ts'

test('a password fits its own hash only, and nobody has one', async () => {
  const passwords = createPasswordHash()
  const hash = await passwords.hash('correct horse')
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/u)
  expect(await passwords.verify(hash, 'correct horse')).toBe(true)
  expect(await passwords.verify(hash, 'battery staple')).toBe(false)
  expect(await passwords.verify(null, 'correct horse')).toBe(false)
})

test('no more run at once than may, and who finds the queue full is told to come back', async () => {
  const queued = createQueue(2, 3)
  let running = 0
  let most = 0
  const release: (() => void)[] = []
  const work = async (): Promise<void> => {
    running += 1
    most = Math.max(most, running)
    await new Promise<void>((resolve) => release.push(resolve))
    running -= 1
  }
  const five = Array.from({ length: 5 }, () => queued(work))
  await expect(queued(work)).rejects.toMatchObject({ code: 'SERVER_BUSY', retryAfterMs: 1_000 })
  for (let done = 0; done < 5;) {
    const next = release.shift()
    if (next !== undefined) done += 1
    next?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(five)
  expect(most).toBe(2)
  await expect(queued(async () => 'free again')).resolves.toBe('free again')
})

test('work that fails leaves its place', async () => {
  const queued = createQueue(1, 0)
  await expect(queued(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(queued(async () => 1)).resolves.toBe(1)
})
