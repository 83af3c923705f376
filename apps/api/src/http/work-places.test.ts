import { ParleyError } from '@parley/message-schema'
import { createRegistry } from '@parley/server-kit'
import { expect, test } from 'vitest'
import { createWorkPlaces } from './work-places.ts'

test('so many are let in; who comes then is told to come again, and not all at the same time', async () => {
  const metrics = createRegistry('test')
  const places = createWorkPlaces(2, metrics)
  const leave = places.take()
  places.take()
  const waits = new Set<number>()
  for (let i = 0; i < 50; i += 1) {
    try {
      places.take()
    } catch (error) {
      expect(error).toBeInstanceOf(ParleyError)
      expect((error as ParleyError).code).toBe('SERVER_BUSY')
      waits.add((error as ParleyError).retryAfterMs!)
    }
  }
  expect(waits.size).toBeGreaterThan(10)
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(500)
  expect(Math.max(...waits)).toBeLessThan(1_500)
  const text = await metrics.metrics()
  expect(text).toMatch(/parley_http_requests_at_work\S* 2\n/u)
  expect(text).toMatch(/parley_http_refused_busy_total\S* 50\n/u)
  // A place that is given back twice is one place.
  leave()
  leave()
  places.take()
  expect(() => places.take()).toThrow('The server is busy.')
})
