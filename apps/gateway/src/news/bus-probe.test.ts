import { createPublisher, createLogger } from '@parley/server-kit'
import { afterEach, expect, test } from 'vitest'
import { BusProbe } from './bus-probe.ts'

const publisher = createPublisher({
  // Nobody listens there: what is published is not taken.
  url: 'redis://127.0.0.1:1',
  name: 'probe',
  logger: createLogger('probe', 'silent'),
})
afterEach(() => publisher.disconnect())

test('a word is timed once, and one that was not heard in time is counted and no longer waited for', () => {
  const heard: number[] = []
  let lost = 0
  const probe = new BusProbe({
    publisher,
    channel: 'parley:probe:test',
    observe: (seconds) => heard.push(seconds),
    lost: () => {
      lost += 1
    },
  })
  probe.ask()
  probe.hear('1')
  probe.hear('1')
  expect(heard).toHaveLength(1)
  expect(heard[0]).toBeGreaterThanOrEqual(0)
  probe.ask()
  expect(lost).toBe(0)
  probe.ask()
  expect(lost).toBe(1)
  probe.hear('2')
  expect(heard).toHaveLength(1)
  probe.hear('3')
  expect(heard).toHaveLength(2)
})
