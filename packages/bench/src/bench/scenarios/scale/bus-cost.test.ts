import { expect, test } from 'vitest'
import { costOfOne } from './bus-cost.ts'

test('of one of many, less what goes on in as much time', () => {
  const quiet = {
    ms: 1_000,
    commands: 10,
    publishes: 1,
    outBytes: 100,
    inBytes: 0,
    cpuUs: 50,
    frontCpuUs: 40,
  }
  const busy = {
    ms: 2_000,
    commands: 120,
    publishes: 102,
    outBytes: 5_200,
    inBytes: 300,
    cpuUs: 1_100,
    frontCpuUs: 80,
  }
  expect(costOfOne(busy, quiet, 100)).toEqual({
    commands: 1,
    publishes: 1,
    outBytes: 50,
    inBytes: 3,
    cpuUs: 10,
    frontCpuUs: 0,
  })
})
