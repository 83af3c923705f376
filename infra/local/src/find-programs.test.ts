import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findProgram, NCHAN_MODULE } from './find-programs.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-programs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('takes the first executable on the path, under any of its names', () => {
  writeFileSync(join(folder, 'google-chrome'), '', { mode: 0o755 })
  expect(findProgram('chromium', ['/nowhere', folder].join(delimiter))).toBeTruthy()
  writeFileSync(join(folder, 'chromium'), '', { mode: 0o755 })
  expect(findProgram('chromium', folder)).toBe(join(folder, 'chromium'))
})

test('a file that cannot be executed is not a program', () => {
  writeFileSync(join(folder, 'haproxy'), '', { mode: 0o644 })
  expect(findProgram('haproxy', folder)).not.toBe(join(folder, 'haproxy'))
})

test('a program without the file that makes it of use is not found', () => {
  const file = join(folder, 'nginx')
  writeFileSync(file, '', { mode: 0o755 })
  expect(findProgram('nginx', folder)).toBe(existsSync(NCHAN_MODULE) ? file : null)
})
