import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clusterFilePath, removeClusterFile, writeClusterFile } from './cluster-file.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-cluster-file-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const info = (gateways: number) => ({
  url: 'http://127.0.0.1:8080',
  gateways: Array.from({ length: gateways }, (_, index) => ({
    name: `g${index + 1}`,
    url: 'http://127.0.0.1:15001',
    pid: index,
  })),
  apis: [],
  workers: [],
  balancer: { pid: 1 },
  redis: { url: 'redis://127.0.0.1:15002', pid: null, kind: 'single' as const, servers: [] },
  database: { url: 'mysql://parley@127.0.0.1:15003/parley', pid: null, servers: [] },
})

test('holds what was written last, and nothing else is left in the folder', () => {
  writeClusterFile(dir, info(3))
  writeClusterFile(dir, info(1))
  expect(JSON.parse(readFileSync(clusterFilePath(dir), 'utf8'))).toEqual(info(1))
  expect(readdirSync(dir)).toEqual(['cluster.json'])
  removeClusterFile(dir)
  removeClusterFile(dir)
  expect(readdirSync(dir)).toEqual([])
})

test('a reader in another process never sees half of it', async () => {
  writeClusterFile(dir, info(1))
  const reader = join(dir, 'reader.mjs')
  writeFileSync(
    reader,
    `import { readFileSync } from 'node:fs'
     const until = Date.now() + 300
     process.send('reading')
     while (Date.now() < until) JSON.parse(readFileSync(${JSON.stringify(clusterFilePath(dir))}, 'utf8'))`,
  )
  const child = fork(reader, { stdio: 'pipe', execArgv: [] })
  const exit = once(child, 'exit')
  await once(child, 'message')
  for (let round = 0; child.exitCode === null; round += 1) {
    writeClusterFile(dir, info(round % 2 === 0 ? 30 : 1))
    if (round % 100 === 0) await new Promise(setImmediate)
  }
  expect((await exit)[0]).toBe(0)
})
