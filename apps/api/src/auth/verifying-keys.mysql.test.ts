import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTokenSigner } from '@parley/server-kit'
import jwt from 'jsonwebtoken'
import { expect, test } from 'vitest'
import { startTestApi } from '../testing/test-api.ts'

test('tokens of a key that was replaced are good as long as the key is named', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'parley-keys-'))
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const file = join(dir, 'before.pem')
  writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }))
  const before = createTokenSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), {
    issuer: 'parley',
    audience: 'parley',
  })
  try {
    await using api = await startTestApi({ TOKEN_VERIFY_KEY_FILES: file })
    await using other = await startTestApi()
    const statusOf = async (one: typeof api) => {
      const { session } = await one.guest('Ada')
      const { sid } = jwt.decode(session.accessToken) as { sid: string }
      const token = before.sign(session.user.id, sid, 60)
      return (await one.call('GET', '/v1/me', { token })).status
    }
    expect([await statusOf(api), await statusOf(other)]).toEqual([200, 401])
    const { body } = await api.call('GET', '/.well-known/jwks.json')
    expect(body.keys).toHaveLength(2)
    expect(JSON.stringify(body)).not.toContain('"d"')
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
