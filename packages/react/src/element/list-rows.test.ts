import { expect, test } from 'vitest'
import { message, user } from '../testing/memory-message.ts'
import { createFormats } from './formats.ts'
import { layOutRows } from './list-rows.ts'
import { stringsOf } from './strings.ts'

const [ana, bo] = [user('ana', 'Ana'), user('bo', 'Bo')]
const at = (day: number, minute: number): { ts: string } => ({
  ts: new Date(2026, 0, day, 12, minute).toISOString(),
})
const shapes = (...args: Parameters<typeof layOutRows>): readonly string[] =>
  layOutRows(...args).map(({ item, startsDay, startsNew, continues }) =>
    [item.text, startsDay && 'day', startsNew && 'new', continues && 'continues']
      .filter(Boolean)
      .join(' '),
  )

test('a name is said once for what one person says in some minutes of one day', () => {
  const items = [
    message(1, ana, 'a', at(1, 0)),
    message(2, ana, 'b', at(1, 4)),
    message(3, ana, 'c', at(1, 10)),
    message(4, bo, 'd', at(1, 10)),
    message(5, bo, 'e', at(2, 10)),
  ]
  expect(shapes(items, null)).toEqual(['a day', 'b continues', 'c', 'd', 'e day'])
})

test('the line stands once, before the first message of others after what was read', () => {
  const items = [
    message(1, ana, 'a', at(1, 0)),
    message(2, bo, 'mine', { ...at(1, 1), isMine: true }),
    message(3, ana, 'b', at(1, 2)),
    message(4, ana, 'c', at(1, 3)),
  ]
  expect(shapes(items, 1)).toEqual(['a day', 'mine', 'b new', 'c continues'])
  expect(shapes(items, 0)).toEqual(['a day new', 'mine', 'b', 'c continues'])
  expect(shapes(items, 4)).toEqual(['a day', 'mine', 'b', 'c continues'])
})

test('days, sizes and lists are in the words of the language', () => {
  const now = new Date(2026, 0, 10, 12).getTime()
  const [en, zh] = [createFormats('en', stringsOf('en')), createFormats('zh-CN', stringsOf('zh'))]
  expect(en.day(at(10, 0).ts, now)).toBe('Today')
  expect(zh.day(at(9, 0).ts, now)).toBe('昨天')
  expect(en.day(at(2, 0).ts, now)).toBe('January 2, 2026')
  expect([en.bytes(0), en.bytes(999), en.bytes(2_480_213)]).toEqual([
    '0 byte',
    '999 byte',
    '2.5 MB',
  ])
  expect(en.list(['Ana', 'Bo', 'Cy'])).toBe('Ana, Bo, and Cy')
  expect(zh.list(['Ana', 'Bo'])).toBe('Ana和Bo')
})
