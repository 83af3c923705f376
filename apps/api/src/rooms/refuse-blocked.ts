import { ParleyError } from '@parley/message-schema'
import type { BlockStore } from '../db/users/block-store.ts'

/** Nobody is brought together with somebody whom they have blocked, by that person. */
export async function refuseBlocked(
  blocks: Pick<BlockStore, 'whoBlocks'>,
  callerId: string,
  userIds: readonly string[],
): Promise<void> {
  const blocking = await blocks.whoBlocks(callerId, userIds)
  if (blocking.length === 0) return
  throw new ParleyError('BLOCKED', {
    message: 'Some of these people do not want to hear from you.',
    details: { userIds: blocking },
  })
}
