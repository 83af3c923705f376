import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ACT_AS_HEADER, KEY_SCOPES } from '@parley/message-schema'
import { expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi } from '../testing/test-api.ts'

const page = readFileSync(
  fileURLToPath(new URL('../../../../docs/server-api.md', import.meta.url)),
  'utf8',
)

test('the examples of the page for backends run as they stand', async () => {
  await using api = await startTestApi()
  const script = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gmu)].map(([, code]) => code).join('\n')
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
    env: { PATH: '/usr/local/bin:/usr/bin:/bin', URL: api.url, ROOT_API_KEY },
    timeout: 20_000,
  })
  expect(stdout).toContain('"Grace"')
  expect(stdout).toContain('{"type":"end"}')
  expect(stdout).toContain('user:sent-as')
  const { body } = await api.call('GET', '/v1/api-keys', { token: ROOT_API_KEY })
  expect(body.data[0].revokedAt).not.toBeNull()
})

test('the page names every scope with its meaning, and the header', () => {
  for (const [scope, meaning] of Object.entries(KEY_SCOPES)) {
    expect(page).toContain(`| \`${scope}\` | ${meaning} |`)
  }
  expect(page).toContain(ACT_AS_HEADER)
})
