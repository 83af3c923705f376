import { expect, test } from 'vitest'
import { DeliveryList } from './delivery-list.ts'
import { factsOfEvent } from './event-facts.ts'
import type { Delivered } from './indexed-history.ts'

const variant = {
  facts: factsOfEvent({ seq: 1, type: 'pin:changed', actor: { id: 'ann' }, data: { on: true } }),
  line: 2,
  reader: 'ws-ann',
  raw: [],
  isFinal: false,
}
const deliveries = Array.from({ length: 300 }, (_, at): Delivered => ({
  line: 2 ** 33 + at,
  seq: 2 ** 40 + at,
  by: (['live', 'sync', 'page', 'final'] as const)[at % 4] ?? 'live',
  span: at % 7,
  atMs: at / 3,
  askedMs: at % 2 === 0 ? undefined : at / 7,
  variant,
}))

test('what is put in comes out, in its order', () => {
  const list = new DeliveryList()
  for (const one of deliveries) list.push(one)
  expect(list.length).toBe(300)
  expect([...list]).toEqual(deliveries)
})

test('the first that is so is found', () => {
  const list = new DeliveryList()
  for (const one of deliveries) list.push(one)
  expect(list.find(({ by, span }) => by === 'final' && span === 6)).toEqual(deliveries[27])
  expect(list.find(({ span }) => span > 6)).toBeUndefined()
})
