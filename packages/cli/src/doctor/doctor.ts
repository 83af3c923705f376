import type { Command } from 'commander'
import { CliError, EXIT } from '../cli-error.ts'
import { addLeaf, typed } from '../commands/command-kit.ts'
import { positive } from '../commands/what-is-asked.ts'
import { findInstallation, type ConnectionOptions } from '../installation/installation.ts'
import { paint, type Colour } from '../output/paint.ts'
import { plain } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'
import { checkAddress } from './check-address.ts'
import { checkDatabase } from './check-database.ts'
import { checkHidden } from './check-hidden.ts'
import { checkProcesses, type Process } from './check-processes.ts'
import { checkRealtime } from './check-realtime.ts'
import { checkRedis } from './check-redis.ts'
import { checkSettings, readEnvFile } from './check-settings.ts'
import type { Finding, Level } from './finding.ts'

interface Options extends ConnectionOptions {
  readonly process?: string[]
  readonly processes?: number
  readonly envFile?: string
  readonly quiet?: boolean
}

const POOL_SIZE = 16

export function addDoctor(program: Command, terminal: Terminal): void {
  addLeaf<Options>(program, terminal, {
    usage: 'doctor',
    summary: 'Look at an installation from outside and inside, and say what is wrong with it.',
    examples: [
      'parley doctor',
      'parley doctor --url https://chat.example.com --env-file /etc/parley/api.env --quiet',
    ],
    needs: 'api',
    options: (command) =>
      command
        .option('--env-file <path>', 'settings of the apps, beside those of the environment')
        .option('--process <url...>', 'APIs, gateways and workers by their own addresses')
        .option('--processes <n>', 'how many APIs and workers share the database', typed(positive))
        .option('--quiet', 'only what is wrong'),
    async run(run, options) {
      const findings = await examine(run.terminal, options)
      const shown =
        options.quiet === true ? findings.filter(({ level }) => isWrong(level)) : findings
      const counts = countOf(findings)
      const { hasColour } = run.terminal
      await run.show({ ...counts, findings: shown }, () => report(shown, counts, hasColour))
      if (findings.some(({ level }) => isWrong(level))) run.terminal.setExitCode(EXIT.failed)
    },
  })
}

const isWrong = (level: Level): boolean => level === 'warn' || level === 'error'

async function examine(terminal: Terminal, options: Options): Promise<Finding[]> {
  const { envFile, processes: count } = options
  const env = envFile === undefined ? terminal.env : { ...terminal.env, ...readEnvFile(envFile) }
  const installation = findInstallation(options, { env, cwd: terminal.cwd })
  const url = installation.url()
  const { local } = installation
  const known = local === null ? undefined : local.apis.length + local.workers.length
  const processes: Process[] = [
    ...(local === null ? [] : [...local.apis, ...local.gateways, ...local.workers]),
    ...(options.process ?? []).map(namedProcess),
  ]
  const poolSize = Number(env['DATABASE_CONNECTIONS'] || POOL_SIZE)
  const address = await checkAddress(installation)
  const isThere = address.some(({ code, level }) => code === 'url-answers' && level === 'ok')
  return [
    ...address,
    // Nothing would answer these either, and one sentence says it.
    ...(isThere ? [...(await checkRealtime(url)), ...(await checkHidden(installation))] : []),
    ...(await checkProcesses(processes)),
    ...(await checkSettings(env)),
    ...(await checkDatabase({
      url: installation.knownDatabaseUrl(),
      processes: count ?? known,
      poolSize,
    })),
    ...(await checkRedis(installation.redisUrl())),
  ]
}

function namedProcess(url: string): Process {
  if (URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol)) {
    const { origin, host } = new URL(url)
    return { name: host, url: origin }
  }
  throw new CliError('--process takes addresses like http://10.0.0.5:3001.', {
    exitCode: EXIT.usage,
  })
}

type Counts = Readonly<Record<Level, number>>

function countOf(findings: readonly Finding[]): Counts {
  const count = (level: Level): number => findings.filter((one) => one.level === level).length
  return { ok: count('ok'), skipped: count('skipped'), warn: count('warn'), error: count('error') }
}

const SIGNS: Readonly<Record<Level, readonly [sign: string, colour: Colour]>> = {
  ok: ['ok', 'green'],
  skipped: ['skipped', 'dim'],
  warn: ['warn', 'yellow'],
  error: ['error', 'red'],
}
const SIGN_WIDTH = 7

export function report(findings: readonly Finding[], counts: Counts, hasColour: boolean): string {
  const codeWidth = Math.max(0, ...findings.map(({ code }) => code.length))
  const lines = findings.map(({ level, code, message }) => {
    const [sign, colour] = SIGNS[level]
    const shown = paint(sign.padEnd(SIGN_WIDTH), colour, hasColour)
    return `${shown}  ${code.padEnd(codeWidth)}  ${plain(message)}\n`
  })
  const { ok, warn, error, skipped } = counts
  const verdict = `${ok} ok, ${warn} warnings, ${error} errors, ${skipped} skipped.\n`
  return `${lines.join('')}${paint(verdict, 'bold', hasColour)}`
}
