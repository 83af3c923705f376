import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { readEnv } from './read-env.ts'
import { SECRET, secretNames } from './secret-files.ts'

const dir = mkdtempSync(join(tmpdir(), 'parley-secrets-'))
afterAll(() => rmSync(dir, { recursive: true }))

const Env = z
  .object({
    TOKEN: z.string().min(8, 'must have at least 8 characters').describe('A secret.').meta(SECRET),
    KEY: z.string().optional().meta(SECRET).describe('Another.'),
    LEVEL: z.string().default('info'),
    COUNT: z.coerce.number().default(1),
  })
  .refine(() => true)

function file(name: string, content: string): string {
  const path = join(dir, name)
  writeFileSync(path, content)
  return path
}

const problemOf = (env: NodeJS.ProcessEnv): string => {
  try {
    readEnv(Env, env)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

test('secrets are known by their mark, before or after their description', () => {
  expect(secretNames(Env)).toEqual(['TOKEN', 'KEY'])
})

test.each([
  ['as it is', 'correct horse'],
  ['without the newline at its end', 'correct horse\n'],
  ['without that of Windows', 'correct horse\r\n'],
])('a secret is read from its file, %s', (_, content) => {
  expect(readEnv(Env, { TOKEN_FILE: file('token', content) }).TOKEN).toBe('correct horse')
})

test('only one newline is taken away, and nothing else', () => {
  expect(readEnv(Env, { TOKEN_FILE: file('token', ' correct horse \n\n') }).TOKEN).toBe(
    ' correct horse \n',
  )
})

test('an empty path counts as absent', () => {
  expect(readEnv(Env, { TOKEN: 'correct horse', TOKEN_FILE: '' }).TOKEN).toBe('correct horse')
})

test('what is no secret is not read from a file', () => {
  const env = { TOKEN: 'correct horse', LEVEL_FILE: file('level', 'debug') }
  expect(readEnv(Env, env).LEVEL).toBe('info')
})

test('both ways at once are refused, and neither is shown', () => {
  const problem = problemOf({ TOKEN: 'from the shell', TOKEN_FILE: file('token', 'from a file') })
  expect(problem).toContain('TOKEN_FILE')
  expect(problem).not.toContain('from the shell')
  expect(problem).not.toContain('from a file')
})

test('everything that is wrong is named at once, with the path of what cannot be read', () => {
  const gone = join(dir, 'gone')
  const empty = file('empty', '\n')
  const problem = problemOf({ TOKEN_FILE: gone, KEY_FILE: empty, COUNT: 'many' })
  expect(problem).toContain(`TOKEN_FILE: ${gone} cannot be read (ENOENT)`)
  expect(problem).toContain(`KEY_FILE: ${empty} is empty`)
  expect(problem).toContain('COUNT')
  expect(problem).not.toContain('TOKEN: ')
})

test('a secret of a file is held to the same rules, and not shown', () => {
  const problem = problemOf({ TOKEN_FILE: file('token', 'hunter2') })
  expect(problem).toContain('TOKEN: must have at least 8 characters')
  expect(problem).not.toContain('hunter2')
})

test('a secret that was put where its path should be is not shown', () => {
  const problem = problemOf({ TOKEN_FILE: 'mysql://parley:hunter2@db/parley' })
  expect(problem).toContain('TOKEN_FILE')
  expect(problem).not.toContain('hunter2')
})
