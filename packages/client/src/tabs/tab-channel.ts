/** What one tab says, all other tabs hear, in the order in which it said it. */
export interface TabChannel {
  readonly post: (message: unknown) => void
  readonly close: () => void
}

export type OpenTabChannel = (name: string, hear: (message: unknown) => void) => TabChannel

/** Over `BroadcastChannel`. What cannot be cloned is not said, and reported. */
export const openTabChannel: OpenTabChannel = (name, hear) => {
  const channel = new BroadcastChannel(name)
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => hear(data))
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  }
}

export const hasTabChannels = (): boolean => typeof BroadcastChannel === 'function'
