import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Command } from 'commander'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildProgram } from './build-program.ts'
import { eventLine } from './commands/messages.ts'
import { runCli } from './run-cli.ts'
import { testTerminal } from './testing/test-terminal.ts'

let server: Server
let url = ''
let answer: { status: number; body: string } = { status: 200, body: '{}' }
const asked: string[] = []
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['parley-act-as'] ?? ''}`)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

async function run(...args: string[]) {
  const terminal = testTerminal({ PARLEY_URL: url, PARLEY_API_KEY: 'k-hunter2' })
  const code = await runCli(args, terminal, '1.2.3')
  expect(terminal.said.out + terminal.said.err).not.toContain('hunter2')
  return { code, ...terminal.said }
}

function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf)
}

test('every command has a summary, an example and --json', () => {
  const leaves = leavesOf(buildProgram(testTerminal(), '1.2.3'))
  expect(leaves.length).toBeGreaterThan(15)
  for (const leaf of leaves) {
    expect(leaf.description(), leaf.name()).toMatch(/\.$/u)
    expect(leaf.options.map(({ long }) => long)).toContain('--json')
    let help = ''
    leaf.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp()
    expect(help, leaf.name()).toMatch(/\nExamples?:\n {2}.*parley /u)
  }
})

test('the version and the help end with 0', async () => {
  expect(await run('--version')).toMatchObject({ code: 0, out: '1.2.3\n' })
  expect((await run('--help')).code).toBe(0)
  const help = await run('keys', 'create', '--help')
  expect(help.code).toBe(0)
  expect(await run('help', 'keys', 'create')).toEqual(help)
  expect((await run('help')).code).toBe(0)
})

test.each([
  [[]],
  [['frob']],
  [['users', 'list', '--limit', '0']],
  [['users', 'list', '--frob']],
  [['users', 'show']],
  [['users', 'show', 'a', 'b']],
  [['rooms', 'show', 'lobby']],
  [['keys', 'create', 'Orders', '--scope', 'everything']],
  [['keys', 'revoke', 'Orders']],
  [['users', 'erase', 'ada']],
  [['send', '0193f2c1-0000-7000-8000-000000000001', 'Hi', '--as', 'a', '--bot', 'b']],
  [['import', '0193f2c1-0000-7000-8000-000000000001', '/nowhere.jsonl']],
  [['doctor', '--env-file', '/nowhere.env']],
  [['completion', 'tcsh']],
])('%j is not right: 2, a sentence, and nothing is asked', async (args) => {
  asked.length = 0
  const { code, out, err } = await run(...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).not.toBe('')
  expect(asked).toEqual([])
})

test('what the API refuses is said in its words', async () => {
  answer = {
    status: 404,
    body: JSON.stringify({ code: 'NOT_FOUND', message: 'There is no such user.' }),
  }
  const plain = await run('users', 'show', 'größe/7')
  expect(plain).toMatchObject({ code: 1, out: '' })
  expect(plain.err).toBe('parley: There is no such user. (NOT_FOUND)\n')
  expect(asked.at(-1)).toBe('GET /v1/users/gr%C3%B6%C3%9Fe%2F7 gr%C3%B6%C3%9Fe%2F7')
  const json = await run('users', 'show', 'ada', '--json')
  expect(JSON.parse(json.err)).toMatchObject({ error: { code: 'NOT_FOUND' } })
})

test('an address of something else is told from Parley', async () => {
  answer = { status: 200, body: '<html>' }
  expect((await run('keys', 'list')).err).toContain('is this a Parley?')
  answer = { status: 403, body: 'no' }
  expect((await run('keys', 'list')).err).toContain('answered 403')
})

test('a network that fails is said with what was tried', async () => {
  const closed = createServer()
  await new Promise<void>((resolve) => {
    closed.listen(0, '127.0.0.1', resolve)
  })
  const { port } = closed.address() as AddressInfo
  await new Promise((resolve) => {
    closed.close(resolve)
  })
  const { code, err } = await run('users', 'show', 'ada', '--url', `http://127.0.0.1:${port}`)
  expect(code).toBe(1)
  expect(err).toContain(`GET http://127.0.0.1:${port}/v1/users/ada`)
  expect(err).toContain('nothing listens there')
})

test('drain says what to do where no cluster runs', async () => {
  const { code, err } = await run('drain', 'g1')
  expect(code).toBe(2)
  expect(err).toContain('SIGTERM')
})

test('the token of a new key is all that goes to standard output', async () => {
  const apiKey = { id: 'i', name: 'Orders' }
  answer = { status: 201, body: JSON.stringify({ apiKey, token: 'parley_a_b' }) }
  expect(await run('keys', 'create', 'Orders', '--scope', 'users:read')).toMatchObject({
    code: 0,
    out: 'parley_a_b\n',
  })
})

test('an event is a line, whatever is in it', () => {
  const envelope = { seq: 7, ts: '2026-01-02T03:04:05.678Z', actor: { id: 'ada', kind: 'user' } }
  const line = (type: string, data: object): string =>
    eventLine({ ...envelope, type, data } as Parameters<typeof eventLine>[0])
  expect(line('message:created', { type: 'text', text: 'a\nb' })).toBe(
    '7 2026-01-02 03:04:05 ada: a\\u000ab\n',
  )
  expect(line('message:created', { type: 'text', deleted: true })).toContain('(deleted)')
  expect(line('room:updated', {})).toBe('7 2026-01-02 03:04:05 ada room:updated\n')
})
