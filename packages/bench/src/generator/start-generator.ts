import { fileURLToPath } from 'node:url'
import { clockMs } from '../clock.ts'
import { startRemote, type Remote } from '../remote/start-remote.ts'
import type { Generator } from './generator.ts'

/** A process with readers. */
export interface RemoteGenerator extends Remote<Generator> {
  /** By how much its clock differs from ours, beyond what asking takes. */
  readonly clockOffsetMs: () => Promise<number>
}

const PROGRAM = fileURLToPath(new URL('generator-main.js', import.meta.url))

export function startGenerator(name: string): RemoteGenerator {
  const remote = startRemote<Generator>(name, PROGRAM)
  return {
    ...remote,
    async clockOffsetMs() {
      const askedMs = clockMs()
      const theirsMs = await remote.ask('clock')
      const answeredMs = clockMs()
      return Math.max(0, askedMs - theirsMs, theirsMs - answeredMs)
    },
  }
}
