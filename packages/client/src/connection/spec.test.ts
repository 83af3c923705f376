import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readSpec } from '../testing/read-spec.ts'
import { RULE_NAMES } from '../testing/rule-names.ts'

const spec = readSpec(readFileSync(new URL('../../SPEC.md', import.meta.url), 'utf8'))

test('the table of SPEC.md is the table of the code, cell by cell', () => {
  expect(spec.transitions).toEqual(RULE_NAMES)
})

test('SPEC.md says of every rule of the table where it leads, and of no other', () => {
  const used = new Set(Object.values(RULE_NAMES).flatMap((row) => Object.values(row)))
  expect(Object.keys(spec.leadsTo).toSorted()).toEqual([...used].toSorted())
  const states = new Set(['same', ...Object.keys(RULE_NAMES)])
  for (const to of Object.values(spec.leadsTo).flat()) expect(states).toContain(to)
})

test('SPEC.md names every state and every event', () => {
  expect(spec.states).toEqual(Object.keys(RULE_NAMES))
  expect(spec.events.toSorted()).toEqual(Object.keys(RULE_NAMES['idle'] ?? {}).toSorted())
})
