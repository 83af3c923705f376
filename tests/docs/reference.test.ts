import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { eventsPage } from './reference/events-page.ts'
import { restPage } from './reference/rest-page.ts'
import { shapesPage } from './reference/shapes-page.ts'

const PAGES = { rest: restPage(), events: eventsPage(), shapes: shapesPage() }

/** With `UPDATE_DOCS=1` the pages are written instead of compared. */
test.each(Object.entries(PAGES))('the page reference/%s is what the schemas say', (name, made) => {
  const path = new URL(`../../docs/reference/${name}.md`, import.meta.url)
  const page = `${made.trimEnd()}\n`
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(path, page)
  expect(existsSync(path), 'UPDATE_DOCS=1 npx vitest run --project docs writes it').toBe(true)
  expect(readFileSync(path, 'utf8')).toBe(page)
})

test('every shape that a page names is there', () => {
  const shapes = new Set(
    [...PAGES.shapes.matchAll(/^## (.+)$/gmu)].map(([, name = '']) => name.toLowerCase()),
  )
  const named = Object.values(PAGES).flatMap((page) =>
    [...page.matchAll(/\]\((?:shapes\.md)?#(\w+)\)/gu)].map(([, name = '']) => name),
  )
  expect(named.length).toBeGreaterThan(100)
  const headings = new Set([...PAGES.rest.matchAll(/\]\(#([\w-]+)\)/gu)].map(([, name]) => name))
  expect(named.filter((name) => !shapes.has(name) && !headings.has(name))).toEqual([])
})
