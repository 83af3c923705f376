import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const entry = fileURLToPath(new URL('index.ts', import.meta.url))

async function bundled(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@parley/source'],
    external: ['socket.io-client'],
  })
  return outputFiles.map(({ text }) => text).join('')
}

test('all of the client is below 25 KB beside socket.io-client', async () => {
  const code = await bundled(`export * from ${JSON.stringify(entry)}`)
  expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThan(25 * 1024)
})

test('what is not used is left out', async () => {
  const code = await bundled(`export { ChatError } from ${JSON.stringify(entry)}`)
  expect(gzipSync(code, { level: 9 }).byteLength).toBeLessThan(1024)
})

test('of the schemas nothing comes along: they are types only', async () => {
  const code = await bundled(`export * from ${JSON.stringify(entry)}`)
  expect(code).not.toContain('ZodError')
})
