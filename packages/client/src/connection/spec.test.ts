import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSpec } from '../testing/read-spec.ts'
import { TRANSITIONS } from './transition-table.ts'

const spec = readSpec(readFileSync(new URL('../../SPEC.md', import.meta.url), 'utf8'))

test('the table of SPEC.md is the table of the code, cell by cell', () => {
  expect(spec.transitions).toEqual(TRANSITIONS)
})

test('SPEC.md says of every rule of the table where it leads, and of no other', () => {
  const used = new Set(Object.values(TRANSITIONS).flatMap((row) => Object.values(row)))
  expect(Object.keys(spec.leadsTo).toSorted()).toEqual([...used].toSorted())
  const states = new Set(['same', ...Object.keys(TRANSITIONS)])
  for (const to of Object.values(spec.leadsTo).flat()) expect(states).toContain(to)
})

test('SPEC.md names every state and every event', () => {
  expect(spec.states).toEqual(Object.keys(TRANSITIONS))
  expect(spec.events.toSorted()).toEqual(Object.keys(TRANSITIONS.idle).toSorted())
})
