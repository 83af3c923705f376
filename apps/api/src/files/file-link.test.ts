import { expect, test } from 'vitest'
import { createFileLinks } from './file-link.ts'

const file = {
  userId: 'user “ß”',
  fileId: '0197f0c1-0000-7000-8000-000000000001',
  isThumbnail: true,
}
const NOW = Date.parse('2026-01-01T00:01:00Z')
const links = createFileLinks('a secret of the cluster')

test('a link says whose and what, for 10 to 15 minutes', () => {
  const { token, expiresAtMs } = links.sign(file, NOW)
  expect(links.verify(token, NOW)).toEqual({ ...file, expiresAtMs })
  expect(expiresAtMs - NOW).toBeGreaterThanOrEqual(10 * 60_000)
  expect(expiresAtMs - NOW).toBeLessThanOrEqual(15 * 60_000)
  expect(links.verify(token, expiresAtMs - 1)).toBeDefined()
  expect(links.verify(token, expiresAtMs)).toBeUndefined()
})

test('it stays the same for a while, also from another replica', () => {
  const other = createFileLinks('a secret of the cluster')
  expect(other.sign(file, NOW + 60_000)).toEqual(links.sign(file, NOW))
  expect(other.sign(file, NOW + 10 * 60_000)).not.toEqual(links.sign(file, NOW))
})

test('nothing of it can be changed', () => {
  const { token } = links.sign(file, NOW)
  const [content = '', mac = ''] = token.split('.')
  const forged = Buffer.from(JSON.stringify(['somebody', file.fileId, 1, NOW * 2])).toString(
    'base64url',
  )
  for (const wrong of [
    `${forged}.${mac}`,
    `${content}.${'A'.repeat(mac.length)}`,
    `${content}.`,
    content,
    `${token}.x`,
    `x.${token}`,
    '',
    '.',
    'a.b',
    createFileLinks('another secret').sign(file, NOW).token,
  ]) {
    expect(links.verify(wrong, NOW)).toBeUndefined()
  }
})
