import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventually, startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
const DEFAULT_URL = 'http://127.0.0.1:8080'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ apis: 1, gateways: 1 })
})
afterAll(() => cluster.stop())

test('the program of the README runs as it stands, and is answered', async () => {
  const page = readFileSync(`${REPOSITORY}README.md`, 'utf8')
  const code = /^```js\n(.*?)^```$/msu.exec(page)?.[1] ?? ''
  expect(code).toContain(DEFAULT_URL)
  const program = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: REPOSITORY,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [program.stdout, program.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  program.stdin.end(code.replace(DEFAULT_URL, cluster.url))
  await eventually(
    () => {
      expect(output).toMatch(/^created \d+ Hello, world$/mu)
    },
    { timeoutMs: 60_000, everyMs: 100 },
  ).finally(() => program.kill())
  await once(program, 'close')
})
