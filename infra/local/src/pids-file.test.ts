import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimFolder } from './pids-file.ts'
import { identify, type ProcessIdentity } from './process-identity.ts'

const gone: ProcessIdentity = { pid: process.pid, startedAt: 'another time' }
const started: ChildProcess[] = []
let dir = ''

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-pids-'))
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(dir, { recursive: true })
})

/** A process that leads its group, as the launcher's children do. */
async function leftover(script = 'setInterval(() => {}, 1000)') {
  const source = `${script}; process.send('up')`
  const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const
  const child = spawn(process.execPath, ['-e', source], { detached: true, stdio: [...stdio] })
  started.push(child)
  await once(child, 'message')
  return { child, exit: once(child, 'exit'), identity: identify(child.pid ?? 0) }
}

function leave(pids: { launcher: ProcessIdentity | null; children: (ProcessIdentity | null)[] }) {
  writeFileSync(join(dir, 'pids.json'), JSON.stringify(pids))
}

test('what a killed launcher left is ended', async () => {
  const { exit, identity } = await leftover()
  leave({ launcher: gone, children: [identity] })
  await claimFolder(dir)
  expect((await exit)[1]).toBe('SIGTERM')
})

test('a process that only has the pid of a leftover is spared', async () => {
  const { child } = await leftover()
  leave({ launcher: gone, children: [{ pid: child.pid ?? 0, startedAt: '1' }] })
  await claimFolder(dir)
  expect(identify(child.pid ?? 0)).not.toBeNull()
})

test('a launcher that is alive is named and left alone', async () => {
  const launcher = await leftover()
  const child = await leftover()
  leave({ launcher: launcher.identity, children: [child.identity] })
  await expect(claimFolder(dir)).rejects.toThrow(
    `already running from this folder (process ${launcher.child.pid})`,
  )
  expect(identify(child.child.pid ?? 0)).not.toBeNull()
})

test('of two that start at once one is refused', async () => {
  const claims = await Promise.allSettled([claimFolder(dir), claimFolder(dir)])
  expect(claims.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('a damaged file does not stop a start', async () => {
  writeFileSync(join(dir, 'pids.json'), '{"laun')
  await expect(claimFolder(dir)).resolves.toBeDefined()
})

test('names its children and goes away', async () => {
  const pids = await claimFolder(dir)
  pids.write([gone])
  const content: unknown = JSON.parse(readFileSync(join(dir, 'pids.json'), 'utf8'))
  expect(content).toEqual({ launcher: identify(process.pid), children: [gone] })
  pids.remove()
  expect(existsSync(join(dir, 'pids.json'))).toBe(false)
})
