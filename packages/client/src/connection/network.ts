/** `shown`: the page came to the front again. */
export type NetworkChange = 'lost' | 'back' | 'shown'

/** What the device tells of its network. It may be wrong: an attempt is what counts. */
export interface Network {
  readonly isOnline: () => boolean
  /** Answers what ends it. */
  readonly listen: (listener: (change: NetworkChange) => void) => () => void
}

/** Of a program, which nobody tells. */
export const SILENT_NETWORK: Network = { isOnline: () => true, listen: () => () => undefined }
