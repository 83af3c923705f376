import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { connectionConfig } from './database-url.ts'

const URL_OF = 'mysql://parley:p%40ss@db.example:3307/chat'
const dir = mkdtempSync(join(tmpdir(), 'parley-database-url-'))
const ca = join(dir, 'ca.pem')
writeFileSync(ca, 'a certificate')
afterAll(() => rmSync(dir, { recursive: true }))

test('names the server, who comes, and the database', () => {
  expect(connectionConfig(URL_OF)).toEqual({
    host: 'db.example',
    port: 3307,
    user: 'parley',
    password: 'p@ss',
    database: 'chat',
    allowPublicKeyRetrieval: true,
  })
  expect(connectionConfig('mariadb://u:p@h/d')).toMatchObject({ port: 3306 })
})

test.each([
  ['?ssl-mode=REQUIRED', { rejectUnauthorized: false }],
  ['?ssl-mode=verify_identity', { rejectUnauthorized: true }],
  [`?ssl-mode=VERIFY_IDENTITY&ssl-ca=${ca}`, { rejectUnauthorized: true, ca: 'a certificate' }],
])('%s asks for TLS', (query, ssl) => {
  const config = connectionConfig(URL_OF + query)
  expect(config.ssl).toEqual(ssl)
  // A password goes through TLS, and never by a key that anybody could have sent.
  expect(config.allowPublicKeyRetrieval).toBeUndefined()
})

test('an authority alone is what is verified, whatever the server is called', () => {
  const { ssl } = connectionConfig(`${URL_OF}?ssl-ca=${ca}`)
  expect(ssl).toMatchObject({ rejectUnauthorized: true, ca: 'a certificate' })
  expect(ssl).toHaveProperty('checkServerIdentity')
})

test.each([
  ['postgres://h/d', 'must have the form'],
  ['mysql://h', 'names no database'],
  [`${URL_OF}?connection_limit=5`, 'not known, connection_limit'],
  [`${URL_OF}?ssl-mode=on`, 'must be one of DISABLED, REQUIRED'],
  [`${URL_OF}?ssl-mode=REQUIRED&ssl-ca=${ca}`, 'needs no ssl-ca'],
  [`${URL_OF}?ssl-ca=${dir}/none.pem`, 'cannot be read at'],
  [`${URL_OF}?ssl-ca=${dir}`, 'EISDIR'],
])('%s is refused', (url, message) => {
  expect(() => connectionConfig(url)).toThrow(message)
  expect(() => connectionConfig(url)).not.toThrow('p@ss')
})
