import { invalid } from '@parley/message-schema'

/** How the caller says when a mute or ban ends: at most one of the two. */
export interface End {
  readonly until?: string | undefined
  readonly forS?: number | undefined
}

/** `undefined` for never. Throws `INVALID` for a time that is over. */
export function endOf({ until, forS }: End, now: number): string | undefined {
  if (forS !== undefined) return new Date(now + forS * 1_000).toISOString()
  if (until === undefined) return undefined
  const end = new Date(until)
  if (end.getTime() > now) return end.toISOString()
  throw invalid('until', 'must be in the future')
}
