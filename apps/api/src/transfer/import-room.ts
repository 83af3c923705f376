import {
  LIMITS,
  ParleyError,
  type ImportError,
  type ImportProgress,
  type ImportReport,
} from '@parley/message-schema'
import { ImportBatch, type BatchPorts, type ImportTerms } from './import-batch.ts'
import { parseLine } from './parse-line.ts'
import { splitLines } from './split-lines.ts'

export interface ImportPorts extends BatchPorts {
  /** Throws `NOT_FOUND` for a room that is not there. */
  readonly requireRoom: (roomId: string) => Promise<void>
}

export type ImportRoom = (
  terms: ImportTerms,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
) => Promise<AsyncGenerator<ImportProgress | ImportReport>>

const LINES_AT_ONCE = 200
/** Lines are bounded each: this many bytes of them are in memory. */
const BYTES_AT_ONCE = 4 * 1024 * 1024
const PROGRESS_EVERY_MS = 1_000

/**
 * Reads as fast as it writes: what is not read yet waits at the sender. Bad lines are reported, good
 * ones brought in. What stops all of it (the database, the client) leaves what was done done.
 */
export function createImportRoom(ports: ImportPorts): ImportRoom {
  return async (terms, body, signal) => {
    await ports.requireRoom(terms.roomId)
    return run(ports, terms, body, signal)
  }
}

async function* run(
  ports: ImportPorts,
  terms: ImportTerms,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<ImportProgress | ImportReport> {
  const errors: ImportError[] = []
  const counts = { lines: 0, imported: 0, already: 0, failed: 0, usersCreated: 0 }
  const fail = (line: number, id: string | null, error: ParleyError): void => {
    counts.failed += 1
    if (errors.length >= LIMITS.importErrors) return
    errors.push({ line, id, code: error.code, message: error.message })
  }
  const batch = new ImportBatch(ports, terms, { counts, fail })
  let stoppedBy: ParleyError | undefined
  let bytes = 0
  let toldAt = Date.now()
  try {
    for await (const line of splitLines(body)) {
      signal.throwIfAborted()
      counts.lines += 1
      const parsed = parseLine(line, Date.now())
      if (parsed === null) continue
      if ('error' in parsed) fail(parsed.number, parsed.id, parsed.error)
      else if ('shownFrom' in parsed) batch.showFrom(parsed.shownFrom)
      else {
        batch.add(parsed)
        bytes += line.text?.length ?? 0
      }
      if (batch.size < LINES_AT_ONCE && bytes < BYTES_AT_ONCE) continue
      await batch.write()
      bytes = 0
      if (Date.now() - toldAt >= PROGRESS_EVERY_MS) {
        toldAt = Date.now()
        yield { kind: 'progress', ...counts }
      }
    }
    await batch.write()
  } catch (error) {
    // Whoever went away reads no report; for others it says where it ended.
    signal.throwIfAborted()
    stoppedBy = ParleyError.from(error)
    if (stoppedBy.code === 'INTERNAL') ports.onFailure?.(error)
  }
  yield {
    kind: 'report',
    ...counts,
    dryRun: terms.dryRun,
    isComplete: stoppedBy === undefined,
    ...(stoppedBy !== undefined && {
      stoppedBy: { code: stoppedBy.code, message: stoppedBy.message },
    }),
    errors,
  }
}
