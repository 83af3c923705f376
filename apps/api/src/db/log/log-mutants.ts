import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LogCommand } from '@parley/message-schema'
import { onceKey, type BatchState } from '../../room-log/batch-state.ts'
import type { PoolConnection } from '../connect.ts'

/** Long enough for an ack to be read, and for a replica to be killed. */
const LATE_MS = 250

type Batch = readonly LogCommand[]

export const never = (_: Batch): boolean => false

/** Rooms and members that are not there when they are asked for would be seen without a checker. */
export const areTalk = (commands: Batch): boolean =>
  commands.every(({ kind }) => kind.startsWith('message:') || kind === 'reaction:set')

/** `ack-before-commit`: what is answered is committed afterwards, if at all. */
export async function commitLate(
  commit: () => Promise<void>,
  connection: PoolConnection,
): Promise<void> {
  await sleep(LATE_MS)
  await commit().catch(() => connection.destroy())
}

type Asked = (state: BatchState, commands: Batch) => Batch

export const asAsked: Asked = (_, commands) => commands

/** `dedup-off`: a retry is taken for a command that was never heard of. */
export const asIfNew: Asked = (state, commands) =>
  commands.map((command) => {
    if (!('clientMsgId' in command) || command.clientMsgId === undefined) return command
    const key = onceKey(command.roomId, command.actor.id, command.clientMsgId)
    return state.earlier.has(key) ? { ...command, clientMsgId: randomUUID() } : command
  })
