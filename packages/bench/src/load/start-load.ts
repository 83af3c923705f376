import { fileURLToPath } from 'node:url'
import { startRemote, type Remote } from '../remote/start-remote.ts'
import type { LoadGenerator } from './load-generator.ts'

const PROGRAM = fileURLToPath(new URL('load-main.js', import.meta.url))

/** The load generator, in a process of its own. */
export const startLoad = (): Remote<LoadGenerator> =>
  startRemote<LoadGenerator>('the load generator', PROGRAM)
