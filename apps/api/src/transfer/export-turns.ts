import { createStreamPlaces } from '../history/stream-places.ts'

/** Exports at the same time, of this replica: each holds a connection and a few megabytes. */
const AT_ONCE = 16
const AT_ONCE_PER_USER = 2
/** A backend exports for many, and must leave room for the people. */
const AT_ONCE_PER_KEY = 8

export type ExportTurn = <Result>(
  caller: { readonly userId: string } | { readonly keyId: string },
  answer: () => Promise<Result>,
) => Promise<Result>

/**
 * Of exports of rooms and of people together. Throws `RATE_LIMITED` to whoever has too many under way,
 * `SERVER_BUSY` when all are taken.
 */
export function createExportTurn(): ExportTurn {
  const places = createStreamPlaces({ perUser: AT_ONCE_PER_USER, all: AT_ONCE, what: 'exports' })
  return async (caller, answer) => {
    const giveBack =
      'userId' in caller
        ? places.take(`user:${caller.userId}`)
        : places.take(`key:${caller.keyId}`, AT_ONCE_PER_KEY)
    try {
      return await answer()
    } finally {
      giveBack()
    }
  }
}
