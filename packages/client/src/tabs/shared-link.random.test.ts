import { expect, test } from 'vitest'
import { createModelBrowser, type ModelPage } from '../testing/model-browser.ts'
import { seededRandom } from '../testing/seeded-random.ts'

const ROOMS = ['a', 'b']

async function run(seed: number) {
  const random = seededRandom(seed)
  const { clock, gateway, openTab } = createModelBrowser(random, ROOMS)
  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(random() * items.length)]
  if (random() < 0.5) gateway.setTooFar(4)
  let pages: ModelPage[] = [openTab(), openTab(), openTab()]
  const step = (): void => {
    const page = pick(pages)
    const kind = random()
    if (kind < 0.5) gateway.commit(pick(ROOMS) ?? 'a')
    else if (kind < 0.58) pick(gateway.open())?.drain()
    else if (kind < 0.63) pick(gateway.open())?.cut()
    else if (kind < 0.72 && page?.isFrozen === false) void page.sync(pick(ROOMS) ?? 'a')
    else if (kind < 0.76 && pages.length < 6) pages.push(openTab())
    else if (kind < 0.8 && pages.length > 1) {
      page?.kill()
      pages = pages.filter((other) => other !== page)
    } else if (kind < 0.83) page?.freeze(random() < 0.5)
    else if (kind < 0.9) page?.thaw()
    else if (kind < 0.92 && page?.isFrozen === false) {
      page.disconnect()
      page.connect()
    }
  }
  for (let n = 0; n < 150; n += 1) {
    step()
    await clock.advance(random() * (random() < 0.1 ? 12_000 : 120))
  }
  for (const page of pages) page.thaw()
  await clock.advance(40_000)
  const sockets = gateway.open().map(({ owner }) => owner)
  const ends = pages.map((page) => ({
    isLive: page.isLive(),
    at: ROOMS.map((roomId) => page.position(roomId)),
  }))
  return { sockets, ends, heads: ROOMS.map((roomId) => gateway.headOf(roomId)), pages }
}

test('whatever tabs, networks and gateways do, every tab ends with all events over one socket', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const { sockets, ends, heads } = await run(seed)
    expect({ seed, sockets: sockets.length, ends }).toEqual({
      seed,
      sockets: 1,
      ends: ends.map(() => ({ isLive: true, at: heads })),
    })
  }
}, 120_000)

test('drains, syncs and tabs that come leave no hole to repair, and no follower notices', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seededRandom(seed)
    const { clock, gateway, openTab } = createModelBrowser(random, ROOMS)
    const pages = [openTab(), openTab(), openTab()]
    await clock.advance(2_000)
    for (let n = 0; n < 150; n += 1) {
      const kind = random()
      const page = pages[Math.floor(random() * pages.length)]
      if (kind < 0.6) gateway.commit(ROOMS[n % 2] ?? 'a')
      else if (kind < 0.7 && gateway.open().length === 1) gateway.open()[0]?.drain()
      else if (kind < 0.85) void page?.sync(ROOMS[n % 2] ?? 'a')
      else if (kind < 0.87 && pages.length < 6) pages.push(openTab())
      await clock.advance(random() * (random() < 0.1 ? 4_000 : 100))
    }
    await clock.advance(10_000)
    const heads = ROOMS.map((roomId) => gateway.headOf(roomId))
    const leader = gateway.open()[0]?.owner
    for (const page of pages) {
      const { repairs, readies } = page
      const at = ROOMS.map((roomId) => page.position(roomId))
      expect({ seed, repairs, at }).toEqual({ seed, repairs: [], at: heads })
      if (page.id !== leader) expect({ seed, readies }).toMatchObject({ readies: { length: 1 } })
    }
  }
}, 120_000)
