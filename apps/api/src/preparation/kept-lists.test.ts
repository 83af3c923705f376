import { expect, test } from 'vitest'
import { createKeptLists } from './kept-lists.ts'

function aList() {
  let now = 0
  let version = 1
  let isAway = false
  let loads = 0
  const failures: unknown[] = []
  const lists = createKeptLists({
    readVersions: async () => {
      if (isAway) throw new Error('away')
      return new Map([['words', version]])
    },
    onFailure: (error) => failures.push(error),
    now: () => now,
  })
  const kept = lists.keep('words', async () => {
    loads += 1
    return `version ${version}`
  })
  return {
    lists,
    kept,
    failures,
    loads: () => loads,
    pass: (ms: number) => {
      now += ms
    },
    change: () => {
      version += 1
    },
    away: (is: boolean) => {
      isAway = is
    },
  }
}

test('a list is read when its version has moved, and not else', async () => {
  const { lists, kept, loads, change } = aList()
  expect([kept.content(), lists.areFresh()]).toEqual([undefined, false])
  await lists.refresh()
  await lists.refresh()
  expect([kept.content(), lists.areFresh(), loads()]).toEqual(['version 1', true, 1])
  change()
  await lists.refresh()
  expect([kept.content(), loads()]).toEqual(['version 2', 2])
})

test('it is fresh for two seconds, and used on while it cannot be read', async () => {
  const { lists, kept, pass, away, failures } = aList()
  await lists.refresh()
  pass(1_999)
  expect(lists.areFresh()).toBe(true)
  pass(1)
  expect(lists.areFresh()).toBe(false)
  away(true)
  await lists.refresh()
  expect([kept.content(), lists.areFresh(), failures.length]).toEqual(['version 1', false, 1])
})

test('a look that began before a change does not hide it', async () => {
  const { lists, kept, change } = aList()
  const before = lists.refresh()
  change()
  await lists.refresh()
  await before
  expect(kept.content()).toBe('version 2')
})

test('it looks by itself until it is stopped', async () => {
  const { lists, kept } = aList()
  lists.start()
  await lists.refresh()
  expect(kept.content()).toBe('version 1')
  await lists.stop()
})
