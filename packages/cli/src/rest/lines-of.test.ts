import { expect, test } from 'vitest'
import { linesOf } from './lines-of.ts'

async function read(...chunks: string[]): Promise<string[]> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk, 'latin1')
  }
  const lines: string[] = []
  for await (const line of linesOf(stream())) lines.push(line.toString('latin1'))
  return lines
}

test.each([
  [['a\nb\n'], ['a', 'b']],
  [
    ['a', 'b\nc', '\n'],
    ['ab', 'c'],
  ],
  [
    ['a\n', '\n', 'b'],
    ['a', '', 'b'],
  ],
  [[], []],
])('%j are the lines %j', async (chunks, lines) => {
  expect(await read(...chunks)).toEqual(lines)
})
