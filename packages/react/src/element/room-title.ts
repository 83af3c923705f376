import type { RoomInfo } from '@parley/client'
import type { Formats } from './formats.ts'
import type { Strings } from './strings.ts'

/** Its name, else the people in it. */
export function roomTitle(info: RoomInfo | null, strings: Strings, formats: Formats): string {
  if (info === null) return strings.loading
  if (info.name !== null && info.name !== '') return info.name
  const peers = (info.peers ?? []).map(({ displayName }) => displayName)
  return peers.length > 0 ? formats.list(peers) : strings.nameless
}
