import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startTestCluster, type TestCluster } from '@parley/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const CHAT = fileURLToPath(new URL('../../infra/local/dist/chat.js', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'parley-chat-'))

let cluster: TestCluster
beforeAll(async () => {
  cluster = await startTestCluster({ gateways: 2, apis: 1 })
})
afterAll(async () => {
  await cluster.stop()
  rmSync(home, { recursive: true, force: true })
})

test('lines that are piped into the terminal client are said in the room', async () => {
  const alice = await cluster.register()
  const room = await cluster.createRoom([alice], { name: 'from-terminals' })
  const chat = spawn(
    process.execPath,
    [
      CHAT,
      '--as',
      'typist',
      '--password',
      'eight letters',
      '--room',
      'from-terminals',
      '--url',
      cluster.url,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], cwd: home },
  )
  let output = ''
  for (const stream of [chat.stdout, chat.stderr]) {
    stream.on('data', (text: Buffer) => {
      output += text.toString()
    })
  }
  chat.stdin.end('first line\n第二行\n')
  const [code] = (await once(chat, 'exit')) as [number | null]
  expect([code, output]).toEqual([0, expect.any(String)])
  const { data } = (await cluster.rest('GET', `/v1/rooms/${room}/messages`, { user: alice })) as {
    data: { text: string; sender: { username: string } }[]
  }
  expect(data.map(({ text, sender }) => [sender.username, text])).toEqual([
    ['typist', 'first line'],
    ['typist', '第二行'],
  ])
})
