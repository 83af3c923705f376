import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const KIB = 1024
const here = fileURLToPath(new URL('.', import.meta.url))

/** What a page loads: the first file with all that it imports, and what is fetched when it is needed. */
async function bundled(code: string): Promise<{ first: string; later: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: here },
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    write: false,
    outdir: '/',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@parley/source'],
    external: ['socket.io-client'],
  })
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
  const outputs = Object.entries(metafile.outputs)
  const entry = outputs.find(([, { entryPoint }]) => entryPoint === '<stdin>')?.[0] ?? ''
  const first = new Set<string>()
  const add = (name: string): void => {
    if (first.has(name)) return
    first.add(name)
    const imports = metafile.outputs[name]?.imports ?? []
    for (const { path, kind } of imports) if (kind === 'import-statement') add(path)
  }
  add(entry)
  if (first.size === 0) throw new Error('The bundle has no first file.')
  const textOf = (name: string): string => texts.get(basename(name)) ?? ''
  const names = outputs.map(([name]) => name)
  return {
    first: names
      .filter((name) => first.has(name))
      .map(textOf)
      .join(''),
    later: names.filter((name) => !first.has(name)).map(textOf),
  }
}

const gzipped = (code: string): number => gzipSync(code, { level: 9 }).byteLength

test('a page that chats loads less than 25 KB beside socket.io-client', async () => {
  const { first } = await bundled("export { createChat } from './index.ts'")
  expect(gzipped(first)).toBeLessThan(25 * KIB)
})

test('what most pages do not need at first is fetched when it is: other tabs, plain HTTP, the storage', async () => {
  const { first, later } = await bundled("export { createChat } from './index.ts'")
  for (const words of ['parley:tabs', 'versionchange', 'GET /v1/presence'])
    expect(first, words).not.toContain(words)
  expect(later.length).toBeGreaterThan(0)
})

test('what is not used is left out', async () => {
  const { first } = await bundled("export { ChatError } from './index.ts'")
  expect(gzipped(first)).toBeLessThan(KIB)
})

test('of the schemas nothing comes along: they are types only', async () => {
  const { first, later } = await bundled("export * from './index.ts'")
  for (const code of [first, ...later]) expect(code).not.toContain('ZodError')
})
