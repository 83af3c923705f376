import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'

test('answers what the assertion answers once it holds', async () => {
  let tries = 0
  const value = await eventually(() => {
    tries += 1
    expect(tries).toBe(3)
    return 'done'
  })
  expect(value).toBe('done')
})

test('after the time-out throws what was thrown last', async () => {
  let tries = 0
  const attempt = eventually(
    () => {
      tries += 1
      throw new Error(`try ${tries}`)
    },
    { timeoutMs: 30, everyMs: 1 },
  )
  await expect(attempt).rejects.toThrow(/^try \d+$/u)
  await expect(attempt).rejects.toThrow(`try ${tries}`)
})
