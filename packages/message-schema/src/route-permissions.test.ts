import { expect, test } from 'vitest'
import { COMMANDS } from './commands.ts'
import type { RouteSpec } from './http/route.ts'
import { ROUTES } from './http/routes.ts'
import { PERMISSIONS, type Permission } from './permissions.ts'
import { ACCESS } from './route-permissions.ts'

const needs = (name: keyof typeof ACCESS): string[] => [ACCESS[name].need].flat()

test('it says of every route and command who may, as the route itself does', () => {
  expect(Object.keys(ACCESS).toSorted()).toEqual(
    [...Object.keys(ROUTES), ...Object.keys(COMMANDS)].toSorted(),
  )
  const byAuth = { none: 'anybody', link: 'link', key: 'key' } as const
  for (const [name, { auth }] of Object.entries<RouteSpec>(ROUTES)) {
    const [first] = needs(name as keyof typeof ACCESS)
    if (auth === 'user') expect(Object.values<string>(byAuth), name).not.toContain(first)
    else expect(first, name).toBe(byAuth[auth])
  }
})

test('every permission is needed for something, but for the one that spares rules', () => {
  const used = new Set(Object.values(ACCESS).flatMap(({ need }) => [need].flat()))
  const notes = Object.values(ACCESS).map(({ note }) => note ?? '')
  const unused = (Object.keys(PERMISSIONS) as Permission[]).filter(
    (one) => !used.has(one) && notes.every((note) => !note.includes(one)),
  )
  expect(unused).toEqual(['moderation:exempt'])
})
