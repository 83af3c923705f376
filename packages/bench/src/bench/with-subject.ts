import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as passes } from 'node:timers/promises'
import type { StartSubjectOptions, Subject } from '../subjects/subject.ts'
import type { Stage } from './stage.ts'

export interface Starting<One extends Subject> extends Pick<
  StartSubjectOptions,
  'frontEnv' | 'isWithoutJobs'
> {
  readonly start: (options: StartSubjectOptions) => Promise<One>
  /** Of its folder. */
  readonly name: string
  readonly nodes?: number
}

const NODES = 2
/** Between two subjects: what the last one left behind, connections in TIME_WAIT for one, settles. */
const SETTLE_MS = 1_000

/** Starts a subject in a folder of its own, and leaves nothing behind. */
export async function withSubject<One extends Subject, Result>(
  { start, name, nodes = NODES, ...more }: Starting<One>,
  { dir: stageDir, isKept, signal, onSubject, say }: Stage,
  work: (subject: One) => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted()
  const dir = join(stageDir, name)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  say('starting')
  const subject = await start({ dir, nodes, ...more, onProgress: () => undefined, signal })
  onSubject(subject)
  try {
    return await work(subject)
  } finally {
    say('stopping')
    await subject.stop()
    onSubject(null)
    if (!isKept) rmSync(dir, { recursive: true, force: true })
    await passes(SETTLE_MS)
  }
}
