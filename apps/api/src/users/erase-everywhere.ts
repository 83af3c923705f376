import { createHash } from 'node:crypto'
import { ParleyError, type Actor, type ErrorCode } from '@parley/message-schema'
import type { ErasureLeftovers } from '../db/users/erasure-leftovers.ts'
import type { ErasureStore, OpenErasure } from '../db/users/erasure-store.ts'
import type { RunCommand } from '../room-log/run-command.ts'

export interface EraseEverywherePorts {
  readonly store: Pick<ErasureStore, 'take' | 'roomDone' | 'finish'>
  readonly leftovers: ErasureLeftovers
  readonly run: RunCommand
}

/** Works at open erasures until there is none, or it is told to stop. What is left is found again. */
export type EraseEverywhere = (signal: AbortSignal) => Promise<void>

const AT_ONCE = 100
/** It is as it should be, or is no more: nothing is left to erase. */
const NOTHING_LEFT = new Set<ErrorCode>(['GONE', 'NOT_FOUND', 'NOT_MEMBER'])

/** The same id at every attempt: what was done before is not done again. */
function eraseId(roomId: string, seq: number): string {
  const hex = createHash('sha256').update(`erase\n${roomId}\n${seq}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** True if it was done, false if there was nothing to do. */
async function isDone(doing: Promise<unknown>): Promise<boolean> {
  try {
    await doing
    return true
  } catch (error) {
    if (error instanceof ParleyError && NOTHING_LEFT.has(error.code)) return false
    throw error
  }
}

export function createEraseEverywhere({
  store,
  leftovers,
  run,
}: EraseEverywherePorts): EraseEverywhere {
  /** By the log, so that everybody who has the message is told that it is gone. */
  async function eraseMessages(roomId: string, actor: Actor): Promise<void> {
    let seqs: number[] = []
    do {
      seqs = await leftovers.messages(actor.id, roomId, seqs.at(-1) ?? 0, AT_ONCE)
      await Promise.all(
        seqs.map((seq) => {
          const clientMsgId = eraseId(roomId, seq)
          return isDone(run({ kind: 'message:delete', actor, roomId, seq, clientMsgId }))
        }),
      )
    } while (seqs.length === AT_ONCE)
  }

  async function takeReactionsBack(roomId: string, actor: Actor): Promise<void> {
    for (;;) {
      const reactions = await leftovers.reactions(actor.id, roomId, AT_ONCE)
      if (reactions.length === 0) return
      await Promise.all(
        reactions.map(async ({ seq, key }) => {
          const off = { kind: 'reaction:set', actor, roomId, seq, key, on: false } as const
          await isDone(run(off))
          await leftovers.dropReaction(actor.id, roomId, { seq, key })
        }),
      )
    }
  }

  async function eraseRoom(roomId: string, actor: Actor): Promise<void> {
    // First, because what was accepted before the sign-out may still arrive: of who has left, nothing does.
    await isDone(run({ kind: 'member:leave', actor, roomId, userId: actor.id }))
    await takeReactionsBack(roomId, actor)
    await eraseMessages(roomId, actor)
  }

  async function erase({ userId, afterRoom }: OpenErasure, signal: AbortSignal): Promise<void> {
    // In their name, and with the rights of the system: they themselves may no more.
    const actor: Actor = { id: userId, kind: 'system' }
    let after = afterRoom
    for (;;) {
      if (signal.aborted) return
      const roomId = await leftovers.nextRoom(userId, after)
      if (roomId === null) break
      await eraseRoom(roomId, actor)
      await store.roomDone(userId, roomId)
      after = roomId
    }
    await leftovers.forgetRest(userId)
    await store.finish(userId)
  }

  return async (signal) => {
    while (!signal.aborted) {
      const open = await store.take()
      if (open === null) return
      await erase(open, signal)
    }
  }
}
