import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { LaunchError } from '@parley/local-cluster'

const execute = promisify(execFile)

/** What processes and clients of another version are started from. */
const NEEDED = [
  'apps/gateway/dist/main.js',
  'apps/api/dist/main.js',
  'apps/api/dist/worker-main.js',
  'packages/client/dist/index.js',
]
/** Written when all of it is there: a build that broke off is begun again. */
const COMPLETE = '.parley-complete'
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

export interface PrepareOptions {
  /** A commit, a tag or a branch; or a folder in which a version is built already. */
  readonly version: string
  /** The checkout whose history has the commit; builds are kept below its `.parley`. */
  readonly repository: string
  readonly onProgress: (step: string) => void
}

/** Answers the folder of another version's build; takes a minute or two for a commit, the first time. */
export async function prepareBuild(options: PrepareOptions): Promise<string> {
  const { version, repository } = options
  if (statSync(version, { throwIfNoEntry: false })?.isDirectory() !== true)
    return buildOfCommit(options, await commitOf(version, repository))
  const folder = resolve(version)
  const missing = missingIn(folder)
  if (missing === undefined) return folder
  throw new LaunchError(`${version} is no build of Parley: it has no ${missing}. Build it first.`, {
    exitCode: 2,
  })
}

async function commitOf(version: string, repository: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${version}^{commit}`]
  try {
    const { stdout } = await execute('git', args, { cwd: repository })
    return stdout.trim()
  } catch (cause) {
    const sentence = `'${version}' is neither a folder nor a commit of this repository.`
    throw new LaunchError(sentence, { exitCode: 2, cause })
  }
}

async function buildOfCommit(
  { version, repository, onProgress }: PrepareOptions,
  commit: string,
): Promise<string> {
  const folder = join(repository, '.parley/builds', commit.slice(0, 12))
  if (existsSync(join(folder, COMPLETE))) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const run = async (title: string, command: string, ...args: readonly string[]): Promise<void> => {
    onProgress(`${title} ${version}`)
    try {
      await execute(command, args, { cwd: folder, maxBuffer: MOST_OUTPUT_BYTES })
    } catch (cause) {
      const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string }
      const lines = `${stdout}\n${stderr}`.trim().split('\n').slice(-20)
      throw new LaunchError(`${title} ${version} failed:\n${lines.join('\n')}`, { cause })
    }
  }
  await run('Taking out', 'sh', '-c', 'git -C "$0" archive "$1" | tar -x', repository, commit)
  await run('Installing the packages of', 'npm', 'install', '--no-audit', '--no-fund', '--no-save')
  await run('Building', 'env', 'TURBO_TELEMETRY_DISABLED=1', 'npm', 'run', 'build')
  const missing = missingIn(folder)
  if (missing !== undefined)
    throw new LaunchError(`${version} is no version of Parley: its build has no ${missing}.`)
  writeFileSync(join(folder, COMPLETE), commit)
  return folder
}

const missingIn = (folder: string): string | undefined =>
  NEEDED.find((path) => !existsSync(join(folder, path)))
