const CHUNK = /\bimport\(('\.[^']+')\)/gu

/**
 * What the SDK fetches later is there from the beginning: how long a module takes to come would decide
 * what happens before it.
 */
export const eagerChunks = {
  name: 'eager-chunks',
  enforce: 'pre' as const,
  transform(code: string, id: string): string | undefined {
    if (!id.includes('/packages/client/src/') || !CHUNK.test(code)) return undefined
    const chunks: string[] = []
    const body = code.replaceAll(CHUNK, (_whole, path: string) => {
      chunks.push(path)
      return `Promise.resolve(chunk${chunks.length})`
    })
    const imports = chunks.map((path, n) => `import * as chunk${n + 1} from ${path};`)
    return `${imports.join(' ')} ${body}`
  },
}
