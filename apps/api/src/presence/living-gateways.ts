import { PRESENCE_HASHES } from '@parley/message-schema'
import { livingOwners, type Redis } from '@parley/server-kit'

/** Those that hold a lease of presence now, by name; `null` while Redis is away. */
export function createLivingGateways(redis: Redis): () => Promise<string[] | null> {
  return () =>
    livingOwners(redis, PRESENCE_HASHES).then(
      (names) => [...names].toSorted(),
      () => null,
    )
}
