import { readFileSync } from 'node:fs'
import { ACT_AS_HEADER, KEY_SCOPES } from '@parley/message-schema'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../../docs/server-api.md', import.meta.url), 'utf8')

test('the page names every scope with its meaning, and the header', () => {
  for (const [scope, meaning] of Object.entries(KEY_SCOPES)) {
    expect(page).toContain(`| \`${scope}\` | ${meaning} |`)
  }
  expect(page).toContain(ACT_AS_HEADER)
})
