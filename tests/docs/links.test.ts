import { existsSync, readdirSync, readFileSync, type Dirent } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../../', import.meta.url))
const NOT_OURS = new Set(['node_modules', 'dist', 'generated'])

/** Every page of the repository, wherever it lies. */
function pagesBelow(folder: string): string[] {
  const isOurs = ({ name }: Dirent): boolean => !NOT_OURS.has(name) && !name.startsWith('.')
  return readdirSync(folder, { withFileTypes: true })
    .filter(isOurs)
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return pagesBelow(path)
      return entry.name.endsWith('.md') ? [path] : []
    })
}

const pages = pagesBelow(repository).map((path) => relative(repository, path))
const read = (page: string): string => readFileSync(join(repository, page), 'utf8')
const withoutCode = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```/gmu, '').replaceAll(/`[^`\n]*`/gu, '')

/** As GitHub makes them of headings. */
const anchorsOf = (page: string): string[] =>
  [
    ...read(page)
      .replaceAll(/^```[\s\S]*?^```/gmu, '')
      .matchAll(/^#+ (.+)$/gmu),
  ].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

test('there are pages to look at', () => {
  expect(pages).toContain('docs/protocol.md')
})

test.each(pages)('%s links to files and headings that are there', (page) => {
  const targets = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/gu)].map(
    ([, target = '']) => target,
  )
  for (const target of targets.filter((one) => !/^[a-z]+:/u.test(one))) {
    const [path = '', anchor] = target.split('#')
    const file = path === '' ? page : relative(repository, resolve(repository, dirname(page), path))
    expect(existsSync(join(repository, file)), `${page}: ${target}`).toBe(true)
    if (anchor !== undefined) expect(anchorsOf(file), `${page}: ${target}`).toContain(anchor)
  }
})

const FILE =
  /`((?:apps|packages|infra|prisma|tests|docs)\/[\w./-]+\.(?:ts|mjs|js|json|md|sql|prisma|html))`/gu

test.each(pages)('%s names files that are there', (page) => {
  for (const [, path = ''] of read(page).matchAll(FILE)) {
    expect(existsSync(join(repository, path)), `${page}: ${path}`).toBe(true)
  }
})

test.each(pages)('%s names npm scripts that are there', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...read(page).matchAll(/\bnpm (?:run (?:--silent )?([a-z:]+)|(start|test)\b)/gu)]
  for (const [, run, short] of named) {
    const script = run ?? short ?? ''
    expect(Object.keys(scripts), `${page}: npm run ${script}`).toContain(script)
  }
})
