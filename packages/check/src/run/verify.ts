import { readUsage } from '@parley/local-cluster'
import { faultList } from '../faults/fault-table.ts'
import { isIsolated, mayDropPackets, runIsolated } from '../isolation/network-namespace.ts'
import { parseFlags } from './flags.ts'
import { planBreaking } from './plan-breaking.ts'
import { reportHistory } from './report-history.ts'
import { runCommand } from './run-command.ts'
import { runOnce } from './run-once.ts'

const exitCode = await runCommand(async ({ progress, signal, onKillNow }) => {
  const flags = parseFlags(process.argv.slice(2))
  if (flags.isHelp) {
    process.stdout.write(`${readUsage('verify')}\n`)
    return 0
  }
  if (flags.faults.includes('list')) {
    process.stdout.write(`${faultList()}\n`)
    return 0
  }
  if (flags.checkOnly !== undefined) {
    progress.step(`Checking ${flags.checkOnly}`)
    return reportHistory(flags.checkOnly, { isJson: flags.isJson })
  }
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
})
// The verdict is out; a client that still looks for the cluster keeps nobody waiting.
process.stdout.write('', () => process.exit(exitCode))
