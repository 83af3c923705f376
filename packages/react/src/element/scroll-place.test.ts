// @vitest-environment happy-dom
import { beforeEach, expect, test } from 'vitest'
import { createScrollPlace, type ScrollPlace } from './scroll-place.ts'

const VIEW = 500
let scroller: HTMLElement
let content: HTMLElement
let heights: Map<Element, number>
let calls: string[]
let place: ScrollPlace

const total = (rows: readonly Element[]): number =>
  rows.reduce((sum, row) => sum + (heights.get(row) ?? 0), 0)
const rows = (): Element[] => [...content.children]
/** Where a row is seen, from the top of the view. */
const seenAt = (row: Element): number =>
  total(rows().slice(0, rows().indexOf(row))) - scroller.scrollTop
const nth = (index: number): Element => {
  const row = rows()[index]
  if (row === undefined) throw new Error(`There is no row ${index}.`)
  return row
}

function createRow(seq: number, height = 100): Element {
  const row = document.createElement('div')
  row.dataset['seq'] = String(seq)
  heights.set(row, height)
  row.getBoundingClientRect = () => new DOMRect(0, seenAt(row), 0, heights.get(row) ?? 0)
  return row
}

/** happy-dom lays nothing out: rows have the heights that a test gives them. */
beforeEach(() => {
  heights = new Map()
  calls = []
  scroller = document.createElement('div')
  content = document.createElement('div')
  scroller.append(content)
  document.body.replaceChildren(scroller)
  let scrollTop = 0
  Object.defineProperties(scroller, {
    clientHeight: { get: () => VIEW },
    scrollHeight: { get: () => Math.max(total(rows()), VIEW) },
    scrollTop: {
      get: () => scrollTop,
      set(to: number) {
        scrollTop = Math.min(Math.max(to, 0), Math.max(total(rows()) - VIEW, 0))
      },
    },
  })
  scroller.getBoundingClientRect = () => new DOMRect(0, 0, 0, VIEW)
  for (let seq = 1; seq <= 40; seq += 1) content.append(createRow(seq))
  place = createScrollPlace(scroller, content, {
    onBottom: (isAtBottom) => calls.push(isAtBottom ? 'at bottom' : 'above'),
    onNearTop: () => calls.push('near top'),
    onNearBottom: () => undefined,
  })
  place.settle(true)
})

function scrollTo(top: number): void {
  scroller.scrollTop = top
  scroller.dispatchEvent(new Event('scroll'))
}

test('at the end it stays at the end, whatever comes or grows', () => {
  expect(scroller.scrollTop).toBe(3_500)
  content.append(createRow(41, 250))
  place.settle(true)
  expect(scroller.scrollTop).toBe(3_750)
  heights.set(nth(40), 600)
  place.settle(false)
  expect(scroller.scrollTop).toBe(4_100)
})

test('elsewhere what is seen stays where it is: older ones above, newer below, pictures that grow', () => {
  scrollTo(1_230)
  const seen = nth(12)
  expect(seenAt(seen)).toBe(-30)
  content.prepend(...[1, 2, 3].map((index) => createRow(-index, 80)))
  content.append(createRow(41))
  place.settle(true)
  expect(seenAt(seen)).toBe(-30)
  heights.set(nth(4), 460)
  place.settle(false)
  expect(seenAt(seen)).toBe(-30)
  expect(calls.at(-1)).toBe('above')
})

test('whoever comes back to the end stays there again', () => {
  scrollTo(1_000)
  scrollTo(3_480)
  expect(calls).toContain('above')
  content.append(createRow(41))
  place.settle(true)
  expect(scroller.scrollTop).toBe(3_600)
})

test('more is asked for before the beginning is reached, and not because a picture grew', () => {
  calls = []
  scrollTo(590)
  expect(calls).toContain('near top')
  calls = []
  heights.set(nth(30), 300)
  place.settle(false)
  expect(calls).not.toContain('near top')
})

test('a message that is not there yet is shown in the middle when it comes', () => {
  place.toSeq(100)
  expect(scroller.scrollTop).toBe(3_500)
  content.prepend(...Array.from({ length: 20 }, (_, index) => createRow(90 + index)))
  place.settle(true)
  expect(seenAt(nth(10))).toBe(200)
  expect(nth(10).hasAttribute('data-found')).toBe(true)
  place.toBottom()
  expect(scroller.scrollTop).toBe(5_500)
})

test('after its end it moves nothing', () => {
  place.end()
  calls = []
  scrollTo(100)
  expect(calls).toEqual([])
})
