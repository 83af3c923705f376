import type { LogCommand } from '@parley/message-schema'
import type { BatchState } from '../../room-log/batch-state.ts'
import { comingIn } from '../../room-log/coming-in.ts'
import type { Queries } from '../packets.ts'
import { selectIn } from '../select-by-keys.ts'

/**
 * Who of those that are to come in is erased. Their rows stay as they are until the commit: an erasure that
 * begins meanwhile finds what they came into.
 */
export async function loadErased(
  connection: Queries,
  state: BatchState,
  commands: readonly LogCommand[],
): Promise<void> {
  const ids = [...new Set(commands.flatMap(comingIn))].toSorted()
  const rows = await selectIn<{ readonly id: string; readonly erased_at: Date | null }>(
    connection,
    'SELECT id, erased_at FROM user',
    'id',
    ids,
    'ORDER BY id LOCK IN SHARE MODE',
  )
  for (const { id, erased_at: erasedAt } of rows) if (erasedAt !== null) state.erased.add(id)
}
