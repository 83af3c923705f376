import { expect, test } from 'vitest'
import { scaleReport, type ScaledMessages } from './scale-report.ts'

const quiet = { stealShare: 0, foreignShare: 0.02, ownShare: 0.5 }
const noisy = { ...quiet, foreignShare: 0.6 }

const message = (
  gateways: number,
  hosts: number,
  busOutBytes: number,
  noise = quiet,
): ScaledMessages => ({
  name: 'parley',
  gateways,
  hosts,
  noise,
  whyVoid: busOutBytes < 0 ? ['nothing was delivered'] : [],
  figures: {
    busOutBytes,
    busInBytes: 500,
    busCommands: 1,
    busPublishes: 1,
    cpuUsPerDelivery: 20,
    frontCpuUsPerDelivery: 5,
    p50Ms: 4,
    p99Ms: 9,
    lost: 0,
  },
})

test('rounds are put together, noisy ones left out, and the goal is of a room on two of the most', () => {
  const messages = [
    message(2, 1, 580),
    message(8, 2, 1_160),
    message(8, 8, 4_600),
    message(8, 2, 9_999, noisy),
    message(8, 2, 1_180),
  ]
  const options = { gateways: [2, 8], readers: 24, rounds: 3 }
  const { subjects, noise, tables, plots, whyVoid } = scaleReport({ messages, signs: [] }, options)
  expect(subjects).toMatchObject([{ name: 'parley', gateways: 8, hosts: 2, busOutBytes: 1_170 }])
  expect(noise).toEqual({ rounds: 5, noisyRounds: 1 })
  expect([tables.length, tables[0]?.rows.length, plots.length, whyVoid]).toEqual([1, 3, 1, []])
})

test('what is void is said with where', () => {
  const options = { gateways: [2], readers: 24, rounds: 1 }
  const { whyVoid } = scaleReport({ messages: [message(2, 1, -1)], signs: [] }, options)
  expect(whyVoid).toEqual(['parley, room on 1 of 2: nothing was delivered'])
})
