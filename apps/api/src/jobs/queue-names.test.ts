import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { QUEUE_NAMES } from './queue-names.ts'

const SOURCES = new URL('..', import.meta.url)

test('every queue that a job names is looked at', () => {
  const paths = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('-jobs.ts') && !path.startsWith('testing'),
  )
  const named = paths.flatMap((path) =>
    [...readFileSync(new URL(path, SOURCES), 'utf8').matchAll(/\bqueue: ('.+')/gu)].flatMap(
      ([, names = '']) => [...names.matchAll(/'([\w-]+)'/gu)].map(([, name]) => name),
    ),
  )
  expect([...new Set(named)].toSorted()).toEqual([...QUEUE_NAMES])
})
