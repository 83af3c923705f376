import { ask, whyNot } from './ask.ts'
import { error, ok, skipped, warn, type Finding } from './finding.ts'

export interface Process {
  readonly name: string
  readonly url: string
}

const NODE_VERSION = /^nodejs_version_info\{[^}]*\bversion="(v[^"]+)"/mu
const PARLEY_VERSION = /^parley_build_info\{[^}]*\bversion="([^"]+)"/mu

/** Each by its own address, past the balancer; where these are not known, it is left out. */
export async function checkProcesses(processes: readonly Process[]): Promise<Finding[]> {
  if (processes.length === 0) {
    return [
      skipped(
        'process-ready',
        'Addresses of processes are not known: name them with --process <url>, past the balancer.',
      ),
    ]
  }
  const ready = await Promise.all(processes.map(checkReady))
  return [...ready, await checkVersions(processes)]
}

async function checkReady({ name, url }: Process): Promise<Finding> {
  try {
    const { status } = await ask(url, '/readyz')
    return status === 200
      ? ok('process-ready', `${name} is ready.`)
      : error(
          'process-ready',
          `${name} answered ${status}: it stops, or has not reached MySQL yet; look at its log.`,
        )
  } catch (problem) {
    return error(
      'process-ready',
      `${name} at ${url} does not answer: ${whyNot(problem)}; start it.`,
    )
  }
}

async function checkVersions(processes: readonly Process[]): Promise<Finding> {
  const versions = await Promise.all(
    processes.map(async ({ name, url }) => {
      const metrics = await readMetrics(url)
      return {
        name,
        node: NODE_VERSION.exec(metrics)?.[1],
        parley: PARLEY_VERSION.exec(metrics)?.[1],
      }
    }),
  )
  return judgeVersions(versions)
}

async function readMetrics(url: string): Promise<string> {
  try {
    const { status, body } = await ask(url, '/metrics')
    return status === 200 ? body : ''
  } catch {
    return ''
  }
}

interface Versions {
  readonly name: string
  readonly node: string | undefined
  readonly parley: string | undefined
}

export function judgeVersions(versions: readonly Versions[]): Finding {
  for (const [what, key] of [
    ['Parley', 'parley'],
    ['Node', 'node'],
  ] as const) {
    const known = versions.filter((one) => one[key] !== undefined)
    if (new Set(known.map((one) => one[key])).size <= 1) continue
    const said = known.map((one) => `${one.name} ${one[key]}`).join(', ')
    return warn(
      'versions-same',
      `Versions of ${what} differ (${said}): finish the upgrade, if none is under way.`,
    )
  }
  return versions.some(({ node, parley }) => (node ?? parley) !== undefined)
    ? ok('versions-same', 'Versions are the same.')
    : skipped('versions-same', 'No process said its version.')
}
