import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleHistory } from '../testing/example-history.ts'
import type { HistoryLine, RunLine } from './history-line.ts'
import { readHistory } from './read-history.ts'
import { writeHistory } from './write-history.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-history-'))
})
afterAll(() => rm(folder, { recursive: true }))

const [run, ...rest] = exampleHistory() as [RunLine, ...HistoryLine[]]

let files = 0
const newPath = (): string => join(folder, `history-${(files += 1)}.jsonl`)

async function fileOf(text: string): Promise<string> {
  const path = newPath()
  await writeFile(path, text)
  return path
}

async function readAll(path: string, longestLine?: number): Promise<HistoryLine[]> {
  const lines: HistoryLine[] = []
  for await (const line of readHistory(path, longestLine)) lines.push(line)
  return lines
}

const first = JSON.stringify(run)
const mark = JSON.stringify({ kind: 'mark', what: 'quiet', atMs: 1 })

test('what is written is read again, and the writer knows the numbers', async () => {
  const path = newPath()
  const writer = writeHistory(path, run)
  const numbers = rest.map((line) => writer.write(line))
  writer.close()
  const lines = await readAll(path)
  expect(lines).toEqual(JSON.parse(JSON.stringify([run, ...rest])))
  expect(numbers).toEqual(rest.map((_, at) => at + 2))
  expect(writer.lines).toBe(lines.length)
  const text = await readFile(path, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
})

test('lines that were cut anywhere between reads are whole', async () => {
  const path = newPath()
  const writer = writeHistory(path, run)
  // More than one buffer, with characters of more than one byte at every place of it.
  const detail = '🙂é你'.repeat(1_000)
  for (let n = 0; n < 300; n += 1) {
    const fault = { kind: 'fault', name: 'kill', target: 'x'.repeat(n), detail } as const
    writer.write({ ...fault, startedMs: n, endedMs: null })
  }
  writer.close()
  const lines = await readAll(path)
  expect(lines).toHaveLength(301)
  const faults = lines.filter((line) => line.kind === 'fault')
  expect(faults.every((line) => line.detail === detail)).toBe(true)
})

test('what is flushed can be read while the run goes on; after the end nothing is taken', async () => {
  const path = newPath()
  const writer = writeHistory(path, run)
  writer.write({ kind: 'mark', what: 'quiet', atMs: 1 })
  writer.flush()
  expect(await readAll(path)).toHaveLength(2)
  writer.close()
  writer.close()
  expect(() => writer.write({ kind: 'mark', what: 'end', atMs: 2 })).toThrow('closed')
})

test('a history of another run is replaced', async () => {
  const path = await fileOf(`${first}\n${mark}\n${mark}\n`)
  writeHistory(path, run).close()
  expect(await readAll(path)).toHaveLength(1)
})

test('the last line may end without a line break', async () => {
  expect(await readAll(await fileOf(`${first}\n${mark}`))).toHaveLength(2)
})

describe('says in which line something is wrong, and what', () => {
  const cases: [string, string, number, string][] = [
    ['an empty file', '', 1, 'is missing'],
    ['no JSON', `${first}\n${mark}\n{"kind":\n`, 3, 'is not JSON'],
    ['an empty line', `${first}\n\n${mark}\n`, 2, 'is empty'],
    ['an unknown kind', `${first}\n{"kind":"rumour"}\n`, 2, 'kind'],
    ['a field of another type', `${first}\n{"kind":"mark","what":"quiet","atMs":"1"}\n`, 2, 'atMs'],
    ['a field that is missing', `${first}\n{"kind":"mark","atMs":1}\n`, 2, 'what'],
    ['no run', `${mark}\n`, 1, "not of the kind 'run'"],
    ['a list', `[]\n`, 1, "not of the kind 'run'"],
    ['another format', `${first.replace('"format":1', '"format":2')}\n`, 1, 'format 2'],
    ['no format', `${first.replace('"format":1,', '')}\n`, 1, 'format none'],
    ['a second run', `${first}\n${mark}\n${first}\n`, 3, 'another run'],
    ['a line that was cut off', `${first}\n${mark.slice(0, 20)}`, 2, 'is not JSON'],
    ['a line without an end', `${first}\n${'x'.repeat(6 * 1_024 * 1_024)}`, 2, 'longer than'],
  ]
  test.each(cases)('%s', async (_, text, line, says) => {
    const path = await fileOf(text)
    await expect(readAll(path, 4 * 1_024 * 1_024)).rejects.toMatchObject({
      name: 'HistoryError',
      line,
      message: expect.stringContaining(says) as string,
    })
  })
})

test('the messages of a whole room may be one line', async () => {
  const id = '01980000-0000-7000-8000-000000000001'
  const read = {
    kind: 'operation',
    process: 'p',
    userId: id,
    via: 'http',
    op: 'history',
    roomId: id,
  }
  const messages = [{ seq: 1, text: 'x'.repeat(6 * 1_024 * 1_024) }]
  const times = { attempt: 0, invokedMs: 1, completedMs: 2, type: 'ok' }
  const line = JSON.stringify({ ...read, ...times, result: { messages } })
  const path = await fileOf(`${JSON.stringify(run)}\n${line}\n`)
  expect(await readAll(path)).toHaveLength(2)
})

test('a file that is not there is named', async () => {
  await expect(readAll(join(folder, 'nowhere.jsonl'))).rejects.toThrow('nowhere.jsonl')
})
