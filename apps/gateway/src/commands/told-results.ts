import { ParleyError, type CommandResult, type ErrorCode } from '@parley/message-schema'

export const commandFailure = (code: ErrorCode): CommandResult => {
  const { message } = new ParleyError(code)
  return { ok: false, error: { code, message, retryable: true, retryAfterMs: 1_000 } }
}

export const hasCode = (result: CommandResult, code: ErrorCode): boolean =>
  !result.ok && result.error.code === code

/** After these nobody knows whether it was done. */
const DOUBTFUL = new Set<ErrorCode>(['UNKNOWN_OUTCOME', 'INTERNAL'])

/**
 * What the attempts of commands have told of each, taken together. What was done once is done, whatever a later attempt
 * says; and `SERVER_BUSY` promises that nothing was done, which is not known any more after an attempt without an
 * answer.
 */
export class ToldResults<Key> {
  readonly #results = new Map<Key, CommandResult>()
  readonly #doubted = new Set<Key>()

  note(key: Key, result: CommandResult): void {
    if (this.#results.get(key)?.ok === true) return
    const isUnsure = this.#doubted.has(key) && hasCode(result, 'SERVER_BUSY')
    this.#results.set(key, isUnsure ? commandFailure('UNKNOWN_OUTCOME') : result)
    if (!result.ok && DOUBTFUL.has(result.error.code)) this.#doubted.add(key)
  }

  /** An attempt had no answer: what was told before may not be the last word, unless it was done. */
  doubt(key: Key): void {
    if (this.#results.get(key)?.ok === true) return
    this.#results.delete(key)
    this.#doubted.add(key)
  }

  of(key: Key): CommandResult {
    return this.#results.get(key) ?? commandFailure('UNKNOWN_OUTCOME')
  }
}
