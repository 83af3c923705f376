import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { exampleHistory } from '../testing/example-history.ts'
import { checkOnly } from './report-history.ts'

let dir = ''
let said = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-report-'))
  said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(dir, { recursive: true })
})

function written(lines: readonly object[]): string {
  const path = join(dir, 'history.jsonl')
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  return path
}

test('a whole history that holds is 0', async () => {
  expect(await checkOnly(written(exampleHistory()), { isJson: true })).toBe(0)
  expect(JSON.parse(said.trimEnd().split('\n').at(-1) ?? '')).not.toHaveProperty('error')
})

test('a history without its end says so, and is not 0', async () => {
  expect(await checkOnly(written(exampleHistory().slice(0, 12)), { isJson: true })).toBe(2)
  expect(JSON.parse(said.trimEnd().split('\n').at(-1) ?? '')).toHaveProperty('error')
})

test('a file that is not there is a wrong call', async () => {
  await expect(checkOnly(join(dir, 'none.jsonl'), { isJson: false })).rejects.toMatchObject({
    name: 'LaunchError',
    exitCode: 2,
  })
})
