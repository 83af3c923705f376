import { expect, test } from 'vitest'
import { createBrowserNetwork } from './browser-network.ts'
import { SILENT_NETWORK } from './network.ts'

/** As much of a page as is asked for its network. */
function createPage() {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const scope = Object.assign(new EventTarget(), { document: page, navigator: { onLine: true } })
  return { page, scope, network: createBrowserNetwork(scope as unknown as typeof globalThis) }
}

test('a page tells when its network goes and comes, and when it is shown', () => {
  const { page, scope, network } = createPage()
  const told: string[] = []
  const end = network.listen((change) => told.push(change))
  for (const name of ['offline', 'online', 'pageshow']) scope.dispatchEvent(new Event(name))
  page.visibilityState = 'hidden'
  page.dispatchEvent(new Event('visibilitychange'))
  page.visibilityState = 'visible'
  page.dispatchEvent(new Event('visibilitychange'))
  expect(told).toEqual(['lost', 'back', 'shown', 'shown'])
  end()
  scope.dispatchEvent(new Event('offline'))
  page.dispatchEvent(new Event('visibilitychange'))
  expect(told).toHaveLength(4)
})

test('it is online unless the device says otherwise', () => {
  const { scope, network } = createPage()
  expect(network.isOnline()).toBe(true)
  scope.navigator.onLine = false
  expect(network.isOnline()).toBe(false)
})

test('a program is told nothing, and is online', () => {
  const network = createBrowserNetwork({} as typeof globalThis)
  expect(network).toBe(SILENT_NETWORK)
  expect(network.isOnline()).toBe(true)
  network.listen(() => undefined)()
})
