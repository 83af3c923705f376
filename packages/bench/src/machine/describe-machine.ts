import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem, type } from 'node:os'
import { LaunchError, REPOSITORY } from '@parley/local-cluster'
import { z } from 'zod'

export const Machine = z.object({
  cores: z.number(),
  processor: z.string(),
  memoryGb: z.number(),
  system: z.string(),
  node: z.string(),
})
export type Machine = z.infer<typeof Machine>

export function describeMachine(): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.replaceAll(/\s+/gu, ' ').trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
  }
}

/** Of the source that is measured; `+` where it was changed since. */
export function describeCommit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, {
        cwd: REPOSITORY,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    const isChanged = git('status', '--porcelain', '--untracked-files=no').trim() !== ''
    return `${git('rev-parse', '--short=10', 'HEAD').trim()}${isChanged ? '+' : ''}`
  } catch {
    return 'unknown'
  }
}

export function refuseOtherSystems(platform = process.platform): void {
  if (platform === 'linux') return
  throw new LaunchError(
    'The scoreboard runs on Linux only: it reads processor time and memory from /proc.',
  )
}
