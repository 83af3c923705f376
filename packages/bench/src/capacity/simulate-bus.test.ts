import { describe, expect, test } from 'vitest'
import { busRows, busText } from './bus-rows.ts'
import type { BusMeasurement } from './measure-bus.ts'
import { frameBytes } from './news-frame.ts'
import { expectedHosts } from './placement.ts'
import { simulateBus, type BusScenario } from './simulate-bus.ts'

const SCENARIO: BusScenario = {
  gateways: 8,
  rooms: 2_000,
  onlineMembers: 6,
  roomsPerUser: 20,
  placement: 'random',
  events: 4_000,
  frameBytes: 578,
  seed: 3,
}
const GATEWAYS = [1, 2, 4, 8, 16, 64, 256, 1_000]

test('the same seed is the same cluster', () => {
  expect(simulateBus(SCENARIO)).toEqual(simulateBus(SCENARIO))
  expect(simulateBus({ ...SCENARIO, seed: 4 })).not.toEqual(simulateBus(SCENARIO))
})

test.each(GATEWAYS)(
  'on %i gateways, by chance, an event is heard where the plan says',
  (gateways) => {
    const cost = simulateBus({ ...SCENARIO, gateways })
    expect(cost.publishes).toBe(1)
    const planned = expectedHosts(SCENARIO.onlineMembers, gateways)
    expect(cost.receivers / planned).toBeGreaterThan(0.97)
    expect(cost.receivers / planned).toBeLessThan(1.03)
    expect(cost.bytes).toBeCloseTo(cost.receivers * SCENARIO.frameBytes)
  },
)

test('bytes are bounded by members, however many gateways there are', () => {
  const costs = GATEWAYS.map((gateways) => simulateBus({ ...SCENARIO, gateways }))
  for (const cost of costs) expect(cost.receivers).toBeLessThanOrEqual(SCENARIO.onlineMembers)
  const [first] = costs
  const last = costs.at(-1)
  expect(last!.bytesIfAllHeard / first!.bytesIfAllHeard).toBe(1_000)
  expect(last!.bytes / first!.bytes).toBeLessThan(6.1)
})

test('people who talk together on one gateway are told of once', () => {
  for (const gateways of [2, 4, 8]) {
    const near = simulateBus({ ...SCENARIO, gateways, placement: 'clustered' })
    const far = simulateBus({ ...SCENARIO, gateways })
    expect(near.receivers).toBeLessThan(far.receivers)
    expect(near.receivers).toBeLessThan(1.5)
  }
})

describe('beside what was measured', () => {
  const measured = (placed: 'together' | 'spread', gateways: number): BusMeasurement => ({
    gateways,
    placed,
    members: 8,
    messages: 200,
    textBytes: 200,
    hosts: placed === 'spread' ? gateways : 1,
    frameBytes: 578,
    outputBytesPerEvent: 600,
    inputBytesPerEvent: 600,
    commandsPerEvent: { publish: 1.004 },
    idleCommandsPerSecond: 21.9,
  })
  test('one frame for each gateway that has a member, and an answer', () => {
    const rows = busRows([measured('together', 4), measured('spread', 4), measured('spread', 2)])
    expect(rows.map(({ predictedBytes }) => predictedBytes)).toEqual([582, 2_316, 1_160])
    expect(rows.every(({ predictedPublishes }) => predictedPublishes === 1)).toBe(true)
    expect(busText(rows)).toContain('1.00 (1)')
    // Four gateways, each two seconds: six commands of a lease, a list, and a look at each.
    expect(rows[0]?.predictedIdleCommands).toBe((4 * (6 + 1 + 4)) / 2)
  })
  test('a frame is counted as Redis writes it', () => {
    const frame = '>3\r\n$7\r\nmessage\r\n$3\r\nroo\r\n$2\r\nä\r\n'
    expect(frameBytes('roo', 'ä')).toBe(Buffer.byteLength(frame))
  })
})
