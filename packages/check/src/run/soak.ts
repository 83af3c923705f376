import { readUsage } from '@parley/local-cluster'
import { runSoak } from '../soak/run-soak.ts'
import { parseSoakFlags } from '../soak/soak-flags.ts'
import { runCommand } from './run-command.ts'

process.exitCode = await runCommand(async ({ progress, signal, onKillNow }) => {
  const flags = parseSoakFlags(process.argv.slice(2))
  if (flags.isHelp) {
    process.stdout.write(`${readUsage('soak')}\n`)
    return 0
  }
  const onCluster = ({ killNow }: { readonly killNow: () => void }): void => onKillNow(killNow)
  return runSoak({ flags, progress, signal, onCluster })
})
