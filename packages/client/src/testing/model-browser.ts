import { createSharedLink } from '../tabs/shared-link.ts'
import { ModelGateway } from './model-gateway.ts'
import { createModelTab } from './model-tab.ts'
import { createTestChannels } from './test-channels.ts'
import { createTestClock } from './test-clock.ts'
import { createTestLocks } from './test-locks.ts'

/** Tabs of one account over a gateway, in time that stands still. */
export function createModelBrowser(random: () => number, rooms: readonly string[] = ['a', 'b']) {
  const clock = createTestClock()
  const frozen = new Map<string, (() => void)[]>()
  const dead = new Set<string>()
  const whenAwake = (owner: string, run: () => void): void => {
    if (dead.has(owner)) return
    const queue = frozen.get(owner)
    if (queue === undefined) run()
    else queue.push(run)
  }
  const channels = createTestChannels()
  const locks = createTestLocks(whenAwake)
  const gateway = new ModelGateway({ clock, random, rooms, whenAwake })
  let opened = 0

  const openTab = () => {
    const id = `tab${(opened += 1)}`
    const page = new EventTarget()
    const after: typeof clock.after = (ms, run) => clock.after(ms, () => whenAwake(id, run))
    const open = createSharedLink({
      open: gateway.openFor(id),
      call: gateway.callFor(id),
      name: 'ann',
      tabId: id,
      locks: locks.ofTab(id),
      openChannel: channels.ofTab(id),
      after,
      page,
    })
    const tab = createModelTab({ open, after, random, rooms })
    tab.connect()
    return {
      ...tab,
      id,
      open,
      page,
      get isFrozen() {
        return frozen.has(id)
      },
      /** The page is gone without a word. */
      kill(): void {
        tab.stop()
        dead.add(id)
        frozen.delete(id)
        channels.kill(id)
        locks.kill(id)
        for (const socket of gateway.open()) if (socket.owner === id) socket.isOpen = false
      },
      /** It stands still; with `isTold` it is told so before. */
      freeze(isTold: boolean): void {
        if (frozen.has(id)) return
        if (isTold) page.dispatchEvent(new Event('freeze'))
        frozen.set(id, [])
        channels.freeze(id)
      },
      thaw(): void {
        const queue = frozen.get(id)
        if (queue === undefined) return
        frozen.delete(id)
        page.dispatchEvent(new Event('resume'))
        channels.thaw(id)
        for (const run of queue) run()
      },
    }
  }

  return { clock, channels, locks, gateway, openTab }
}

export type ModelPage = ReturnType<ReturnType<typeof createModelBrowser>['openTab']>
