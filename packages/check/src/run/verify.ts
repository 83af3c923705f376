import { readUsage, REPOSITORY } from '@parley/local-cluster'
import { faultList } from '../faults/fault-table.ts'
import { isIsolated, mayDropPackets, runIsolated } from '../isolation/network-namespace.ts'
import { prepareBuild } from '../previous/prepare-build.ts'
import { parseFlags, type Flags } from './flags.ts'
import { planBreaking } from './plan-breaking.ts'
import { checkOnly, reportError } from './report-history.ts'
import { runCommand, type CommandPorts } from './run-command.ts'
import { runOnce } from './run-once.ts'

const exitCode = await runCommand(async (ports) => {
  const { progress } = ports
  const flags = parseFlags(process.argv.slice(2))
  if (flags.isHelp) {
    process.stdout.write(`${readUsage('verify')}\n`)
    return 0
  }
  if (flags.faults.includes('list')) {
    process.stdout.write(`${faultList()}\n`)
    return 0
  }
  const { isJson } = flags
  try {
    if (flags.checkOnly === undefined) return await run(flags, ports)
    progress.step(`Checking ${flags.checkOnly}`)
    return await checkOnly(flags.checkOnly, { isJson })
  } catch (error) {
    if (isJson) reportError(flags.checkOnly === undefined ? flags.seed : null, error)
    throw error
  }
})
// The verdict is out; a client that still looks for the cluster keeps nobody waiting.
process.stdout.write('', () => process.exit(exitCode))

async function run(given: Flags, { progress, signal, onKillNow }: CommandPorts): Promise<number> {
  // Before there is a network of its own, from which no package is reached.
  const flags = await withBuild(given, progress.step)
  let breaking = planBreaking(flags, true)
  if (breaking.needsNamespace && !isIsolated()) {
    // A seed that was drawn here is the other's too.
    const seed = ['--seed', String(flags.seed)]
    if (await mayDropPackets(progress.step)) return runIsolated(seed, progress.step)
    breaking = planBreaking(flags, false)
  }
  return runOnce({
    flags,
    breaking,
    progress,
    signal,
    onTarget: (target) => onKillNow(target.killNow),
  })
}

async function withBuild(flags: Flags, onProgress: (step: string) => void): Promise<Flags> {
  const { previous: version } = flags
  if (version === undefined) return flags
  return {
    ...flags,
    previous: await prepareBuild({ version, repository: REPOSITORY, onProgress }),
  }
}
