import { expect, test } from 'vitest'
import { Servers, VirtualTime } from './virtual-time.ts'

test('who sleeps wakes in the order of time, then of asking', async () => {
  const time = new VirtualTime()
  const woken: string[] = []
  const sleep = async (name: string, ms: number) => {
    await time.sleep(ms)
    woken.push(`${name} at ${time.nowMs}`)
  }
  for (const [name, ms] of [
    ['c', 30],
    ['a', 10],
    ['d', 30],
    ['b', 20],
    ['z', 0],
  ] as const) {
    void sleep(name, ms)
  }
  await time.run()
  expect(woken).toEqual(['z at 0', 'a at 10', 'b at 20', 'c at 30', 'd at 30'])
})

test('a thousand sleepers in disorder wake in order', async () => {
  const time = new VirtualTime()
  const woken: number[] = []
  for (let n = 0; n < 1_000; n += 1) {
    void time.sleep((n * 7_919) % 1_009).then(() => woken.push(time.nowMs))
  }
  await time.run()
  expect(woken).toHaveLength(1_000)
  expect(woken).toEqual(woken.toSorted((one, other) => one - other))
})

test('two servers take two at a time', async () => {
  const time = new VirtualTime()
  const servers = new Servers(time, 2)
  const done: number[] = []
  for (const ms of [10, 10, 10, 5]) void servers.serve(ms).then(() => done.push(time.nowMs))
  await time.run()
  expect(done).toEqual([10, 10, 15, 20])
})
