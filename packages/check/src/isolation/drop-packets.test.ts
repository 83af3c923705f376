import { expect, test } from 'vitest'
import { dropPackets } from './drop-packets.ts'

test('nothing is dropped on a network that others use too', async () => {
  await expect(dropPackets({ ports: [1] })).rejects.toThrow('no network namespace')
})
