import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LIMITS } from '@parley/message-schema'
import { expect, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')
const PAGE = read('docs/from-polling-to-sockets.md')
const HOUR_S = 3_600

function numberIn(path: string, pattern: RegExp): number {
  const found = pattern.exec(read(path))?.[1]
  if (found === undefined) throw new Error(`${path} has no ${pattern}.`)
  return Number(found.replaceAll('_', ''))
}

/** What the table of the page says in the row that begins with this. */
const requestsOf = (way: string): string =>
  PAGE.split('\n')
    .find((line) => line.startsWith(`| [${way}](`))
    ?.split('|')[3]
    ?.trim() ?? ''

test('the page counts what the settings make of it', () => {
  const pollMs = numberIn('examples/php/ajax-polling/poll.js', /POLL_MS = ([\d_]+)/u)
  expect(requestsOf('AJAX polling')).toBe(((HOUR_S * 1_000) / pollMs).toLocaleString('en'))
  const waitMs = numberIn('examples/php/long-polling/messages.php', /WAIT_MS = ([\d_]+)/u)
  expect(waitMs).toBe(LIMITS.waitMs)
  expect(requestsOf('long polling')).toMatch(new RegExp(`^${(HOUR_S * 1_000) / waitMs}, `, 'u'))
  const lifeS = numberIn('examples/php/parley.php', /\$lifeS = (\d+)/u)
  expect(requestsOf('Socket.IO')).toMatch(new RegExp(`^${Math.ceil(HOUR_S / (lifeS - 60))}, `, 'u'))
  const keyRate = numberIn('docs/environment.md', /`KEY_RATE_PER_MINUTE` \| `(\d+)`/u)
  const readers = (keyRate / 60) * (pollMs / 1_000)
  expect(PAGE).toContain(`key 100 a second, which is ${readers} readers`)
})

test('a page waits longer for an answer than Parley does', () => {
  const timeoutMs = numberIn('examples/php/long-polling/wait.js', /TIMEOUT_MS = ([\d_]+)/u)
  expect(timeoutMs).toBeGreaterThan(LIMITS.waitMs + 10_000)
})

test('the view of the page is the view of the site', () => {
  const sql = /```sql\n(?<code>[\s\S]*?)```/u.exec(PAGE)?.groups?.['code'] ?? ''
  const words = (text: string): string => text.replaceAll(/\s+/gu, ' ').replace('OR REPLACE ', '')
  for (const statement of sql.split(';').filter((part) => part.trim() !== '')) {
    expect(words(read('examples/php/schema.sql'))).toContain(words(statement).trim())
  }
})
