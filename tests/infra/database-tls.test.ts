import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// @boundaries-ignore what the apps connect with
import { createLogPool, createPrisma } from '../../apps/api/src/db/connect.ts'
import { ChildProcess, ensurePrograms, freePort } from '@parley/local-cluster'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
// @boundaries-ignore a server as the launcher starts it
import { preparePrivateDatabase } from '../../infra/local/src/private-database.ts'

const PASSWORD = 'of-this-test'
const dir = mkdtempSync(join(tmpdir(), 'parley-database-tls-'))
let server: ChildProcess
let url: string

async function certify(name: string): Promise<void> {
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
    ],
  })
  writeFileSync(join(dir, `${name}.crt`), pems.cert)
  writeFileSync(join(dir, `${name}.key`), pems.private)
}

beforeAll(async () => {
  const { mariadbd: command } = await ensurePrograms(['mariadbd'])
  mkdirSync(join(dir, 'secrets'))
  const port = await freePort()
  const logFile = join(dir, 'database.log')
  const database = await preparePrivateDatabase({ command, port, dir, password: PASSWORD, logFile })
  url = database.url.replace('127.0.0.1', 'localhost')
  await certify('localhost')
  await certify('somebody-else')
  const tls = [
    `--ssl-cert=${join(dir, 'localhost.crt')}`,
    `--ssl-key=${join(dir, 'localhost.key')}`,
  ]
  const { spec } = database
  server = new ChildProcess(
    {
      ...spec,
      args: [...spec.args, ...tls, '--require-secure-transport=ON'],
      isReady: async () => (await cipherOf(`${url}?ssl-mode=REQUIRED`)) !== '',
    },
    { mayRestart: () => false, onChange: () => undefined, onNotice: () => undefined },
  )
  server.start()
  await server.waitReady(60_000)
})
afterAll(async () => {
  await server.stop()
  rmSync(dir, { recursive: true })
})

/** None where there is no connection. */
async function cipherOf(databaseUrl: string): Promise<string> {
  const pool = createLogPool(databaseUrl, 1)
  try {
    const [row] = await pool.query<{ Value: string }[]>("SHOW STATUS LIKE 'Ssl_cipher'")
    return row?.Value ?? ''
  } catch {
    return ''
  } finally {
    await pool.end()
  }
}

test.each([
  '?ssl-mode=REQUIRED',
  '?ssl-ca=localhost',
  '?ssl-mode=VERIFY_IDENTITY&ssl-ca=localhost',
])('with %s what is asked goes through TLS', async (query) => {
  const whole = url + query.replace('ssl-ca=localhost', `ssl-ca=${join(dir, 'localhost.crt')}`)
  expect(await cipherOf(whole)).toMatch(/^TLS_/u)
})

test('Prisma goes the same way', async () => {
  const prisma = createPrisma(`${url}?ssl-ca=${join(dir, 'localhost.crt')}`, 1)
  const rows = await prisma.$queryRawUnsafe<{ Value: string }[]>("SHOW STATUS LIKE 'Ssl_cipher'")
  await prisma.$disconnect()
  expect(rows[0]?.Value).toMatch(/^TLS_/u)
})

test('a server that cannot prove itself is not talked to, nor one without TLS', async () => {
  expect(await cipherOf(`${url}?ssl-ca=${join(dir, 'somebody-else.crt')}`)).toBe('')
  expect(await cipherOf(url)).toBe('')
  const byAddress = url.replace('localhost', '127.0.0.1')
  expect(await cipherOf(`${byAddress}?ssl-mode=REQUIRED`)).toMatch(/^TLS_/u)
  const query = `?ssl-mode=VERIFY_IDENTITY&ssl-ca=${join(dir, 'localhost.crt')}`
  expect(await cipherOf(byAddress + query)).toBe('')
})
