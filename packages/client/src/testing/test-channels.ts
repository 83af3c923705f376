import type { OpenTabChannel } from '../tabs/tab-channel.ts'

interface Member {
  readonly owner: string
  readonly hear: (message: unknown) => void
  readonly queue: unknown[]
}

/** `BroadcastChannel` in memory: clones, in order, never to whoever speaks. */
export function createTestChannels() {
  const channels = new Map<string, Set<Member>>()
  const frozen = new Set<string>()
  const dead = new Set<string>()
  let said = 0

  const deliver = (members: Set<Member>, member: Member): void => {
    if (frozen.has(member.owner)) return
    const message = member.queue.shift()
    if (message !== undefined && members.has(member) && !dead.has(member.owner))
      member.hear(message)
  }

  return {
    said: () => said,
    ofTab:
      (owner: string): OpenTabChannel =>
      (name, hear) => {
        const members = channels.get(name) ?? new Set()
        channels.set(name, members)
        const member: Member = { owner, hear, queue: [] }
        members.add(member)
        return {
          post: (message) => {
            if (dead.has(owner)) return
            said += 1
            for (const other of members) {
              if (other === member) continue
              other.queue.push(structuredClone(message))
              queueMicrotask(() => deliver(members, other))
            }
          },
          close: () => members.delete(member),
        }
      },
    freeze: (owner: string) => void frozen.add(owner),
    thaw(owner: string): void {
      frozen.delete(owner)
      for (const members of channels.values()) {
        for (const member of members) {
          if (member.owner !== owner) continue
          for (let left = member.queue.length; left > 0; left -= 1) deliver(members, member)
        }
      }
    },
    kill: (owner: string) => void dead.add(owner),
  }
}
