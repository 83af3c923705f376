import { describe, expect, test } from 'vitest'
import { splitLines } from './split-lines.ts'

async function* inChunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const limits = { bytes: 1_000, lineBytes: 20 }

async function linesOf(text: string, size: number): Promise<(string | null)[]> {
  const lines: (string | null)[] = []
  for await (const { text: line } of splitLines(inChunks(text, size), limits)) lines.push(line)
  return lines
}

describe.each([1, 3, 7, 1_000])('in chunks of %i bytes', (size) => {
  test.each([
    ['a\nb\n', ['a', 'b']],
    ['a\nb', ['a', 'b']],
    ['\n\na', ['', '', 'a']],
    ['', []],
    ['漢字 🎉\né', ['漢字 🎉', 'é']],
    [`${'x'.repeat(20)}\n${'x'.repeat(21)}\nok`, ['x'.repeat(20), null, 'ok']],
    ['x'.repeat(100), [null]],
  ])('%j', async (text, expected) => expect(await linesOf(text, size)).toEqual(expected))

  test('more than all of it may have is refused', async () => {
    await expect(linesOf('a\n'.repeat(501), size)).rejects.toMatchObject({ code: 'TOO_LARGE' })
  })
})
