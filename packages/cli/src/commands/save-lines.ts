import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { CliError } from '../cli-error.ts'
import type { ApiRequest } from '../rest/api.ts'
import { linesOf } from '../rest/lines-of.ts'
import type { Run } from './command-kit.ts'

export interface Saving {
  readonly request: ApiRequest
  readonly output: string | undefined
  /** What the last line says; without it the answer was cut off. */
  readonly isLast: (line: unknown) => boolean
}

const NOTE_EVERY = 10_000

/** Lines of an answer, to a file that appears when it is whole, or to standard output. */
export async function saveLines(run: Run, { request, output, isLast }: Saving): Promise<void> {
  const { terminal } = run
  const stream = await run.api().open(request)
  const part = output === undefined ? undefined : `${output}.part`
  const file = part === undefined ? undefined : createWriteStream(part, { mode: 0o600 })
  const failed = file === undefined ? new Promise<never>(() => {}) : once(file, 'error')
  const write = async (text: string): Promise<void> => {
    if (file === undefined) await terminal.out(text)
    else if (!file.write(text)) await Promise.race([once(file, 'drain'), failed.then(refuse)])
  }
  let lines = 0
  let last: Buffer | undefined
  try {
    for await (const line of linesOf(stream)) {
      await write(`${line.toString('utf8')}\n`)
      last = line
      lines += 1
      if (lines % NOTE_EVERY === 0) terminal.note(`${lines} lines …\n`)
    }
    if (last === undefined || !isLast(parsed(last))) throw cutOff(output)
    if (file === undefined || part === undefined || output === undefined) return
    file.end()
    await Promise.race([once(file, 'close'), failed.then(refuse)])
    await rename(part, output)
    terminal.note(`${lines} lines in ${output}.\n`)
  } catch (error) {
    file?.destroy()
    if (part !== undefined) await rm(part, { force: true })
    terminal.signal.throwIfAborted()
    throw error instanceof TypeError ? cutOff(output, error) : error
  }
}

function refuse([error]: unknown[]): never {
  throw new CliError(`The file cannot be written: ${(error as Error).message}.`, { cause: error })
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    return {}
  }
}

const cutOff = (output: string | undefined, cause?: unknown): CliError =>
  new CliError(
    output === undefined
      ? 'The answer was cut off: what was written is not all. Run it again.'
      : `The answer was cut off, and ${output} was not written. Run it again.`,
    { cause },
  )
