import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { partitionOf } from './partition.ts'

test('a room is always of the same partition: of every gateway and every replica, of every version', () => {
  // The published vectors of FNV-1a: another build of another year must not move a room.
  expect(partitionOf('foobar', 2 ** 32)).toBe(0xbf_9c_f9_68)
  expect(partitionOf('a', 2 ** 32)).toBe(0xe4_0c_29_2c)
  expect(partitionOf('', 1_024)).toBe(0x81_1c_9d_c5 % 1_024)
})

test.each([
  ['random ids', () => randomUUID()],
  [
    'ids that count up',
    (n: number) => `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
  ],
  [
    'ids of one moment',
    (n: number) => `019${n.toString(16).padStart(5, '0')}-0000-7000-8000-000000000001`,
  ],
])('%s spread evenly', (_, idOf) => {
  const partitions = 64
  const each = 200
  const counts = Array.from({ length: partitions }, () => 0)
  for (let n = 0; n < partitions * each; n += 1) {
    const partition = partitionOf(idOf(n), partitions)
    counts[partition] = counts[partition]! + 1
  }
  expect(counts).toHaveLength(partitions)
  // Binomial: 200 ± 14; seven times that is never by chance.
  expect(Math.min(...counts)).toBeGreaterThan(each / 2)
  expect(Math.max(...counts)).toBeLessThan(each * 1.5)
})
