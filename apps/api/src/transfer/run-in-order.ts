import { setTimeout as sleep } from 'node:timers/promises'
import { isRetryable, ParleyError, type LogCommandOf } from '@parley/message-schema'
import type { RunCommand } from '../room-log/run-command.ts'

export interface Written {
  readonly seq: number
  readonly dup?: true | undefined
}

const ATTEMPTS = 6
const FIRST_RETRY_MS = 200

/**
 * All at once, in their order: a room's commands are a queue. What may be tried again is, with the
 * same ids; what is refused stays with its line; what stays impossible is thrown.
 */
export async function runInOrder<Kind extends 'message:send' | 'message:delete'>(
  run: RunCommand,
  commands: readonly LogCommandOf<Kind>[],
): Promise<(Written | ParleyError)[]> {
  for (let attempt = 1; ; attempt += 1) {
    const results = await Promise.all(
      commands.map((command) =>
        run<Kind>(command).then(
          (data) => data as Written,
          (error: unknown) => ParleyError.from(error),
        ),
      ),
    )
    // Those that were written are answered again what they were: so all of them are asked again.
    const again = results.find((one) => one instanceof ParleyError && isRetryable(one.code))
    if (!(again instanceof ParleyError)) return results
    if (attempt === ATTEMPTS) throw again
    await sleep(FIRST_RETRY_MS * 2 ** (attempt - 1))
  }
}
