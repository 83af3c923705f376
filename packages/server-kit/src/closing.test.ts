import { expect, test } from 'vitest'
import { Closing } from './closing.ts'

test('what was opened last is closed first, one after the other, whatever fails', async () => {
  const closed: string[] = []
  const closing = new Closing()
  closing.add(() => closed.push('database'))
  closing.add(() => Promise.reject(new Error('stuck')))
  closing.add(async () => {
    await Promise.resolve()
    closed.push('server')
  })
  closing.add(() => {
    throw new Error('broken')
  })
  const error = await closing.close().catch((thrown: unknown) => thrown)
  expect(closed).toEqual(['server', 'database'])
  expect((error as AggregateError).errors.map(String)).toEqual(['Error: broken', 'Error: stuck'])
  await closing.close()
  expect(closed).toHaveLength(2)
})
