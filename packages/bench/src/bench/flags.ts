import { parseArgs } from 'node:util'
import { LaunchError } from '@parley/local-cluster'
import { SUBJECTS, type SubjectName } from '../subjects/subject.ts'
import { SCENARIOS, type ScenarioName } from './scenario.ts'

export interface Flags {
  readonly scenario: ScenarioName | undefined
  /** `undefined`: those of the scenario. */
  readonly subjects: readonly SubjectName[] | undefined
  readonly rounds: number | undefined
  readonly seconds: number | undefined
  /** Of `history`: messages of the long log. */
  readonly messages: number | undefined
  /** Of `idle` and `resume`: connections. */
  readonly clients: number | undefined
  /** Of `scale`: how many, one cluster after the other. */
  readonly gateways: readonly number[] | undefined
  readonly isWritten: boolean
  readonly isJson: boolean
  readonly isKept: boolean
  readonly isHelp: boolean
}

const OPTIONS = {
  subjects: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  messages: { type: 'string' },
  clients: { type: 'string' },
  gateways: { type: 'string' },
  write: { type: 'boolean' },
  json: { type: 'boolean' },
  keep: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const MOST = { rounds: 100, seconds: 600, messages: 100_000_000, clients: 50_000, gateways: 16 }

/** What some scenarios have no use for: who says it there expects something that does not happen. */
const ONLY_OF = {
  messages: ['history'],
  clients: ['idle', 'resume'],
  gateways: ['scale'],
} as const satisfies Readonly<Record<string, readonly ScenarioName[]>>

/** Who can be asked what the scenario asks; the others take all. */
const ASKED: Partial<Record<ScenarioName, readonly SubjectName[]>> = {
  idle: ['parley', 'socket.io', 'socket.io-sharded', 'ws'],
  resume: ['parley'],
  history: ['parley'],
  scale: ['parley', 'socket.io', 'socket.io-sharded'],
}

export function parseFlags(args: readonly string[]): Flags {
  const { values, positionals } = parse(args)
  const isHelp = values.help ?? false
  const scenario = isHelp ? undefined : scenarioOf(positionals)
  for (const flag of Object.keys(ONLY_OF) as (keyof typeof ONLY_OF)[]) {
    const scenarios: readonly ScenarioName[] = ONLY_OF[flag]
    if (scenario !== undefined && values[flag] !== undefined && !scenarios.includes(scenario))
      throw wrong(`--${flag} is for ${scenarios.join(' and ')}, not for ${scenario}.`)
  }
  const number = (flag: keyof typeof MOST & keyof typeof values): number | undefined =>
    values[flag] === undefined ? undefined : wholeNumber(flag, values[flag], MOST[flag])
  return {
    scenario,
    subjects: values.subjects === undefined ? undefined : subjectsOf(values.subjects, scenario),
    rounds: number('rounds'),
    seconds: number('seconds'),
    messages: number('messages'),
    clients: number('clients'),
    gateways: values.gateways === undefined ? undefined : gatewaysOf(values.gateways),
    isWritten: values.write ?? false,
    isJson: values.json ?? false,
    isKept: values.keep ?? false,
    isHelp,
  }
}

/** The same again. */
export function commandOf(flags: Flags): string {
  const { scenario, subjects, rounds, seconds, messages, clients, gateways } = flags
  const said = { subjects, rounds, seconds, messages, clients, gateways }
  const parts = Object.entries(said).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag} ${String(value)}`],
  )
  return ['npm run bench --', scenario, ...parts].join(' ')
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (cause) {
    // Node's sentence goes on about positionals; its first half says what is wrong.
    const message = cause instanceof Error ? cause.message : String(cause)
    const [first = ''] = message.split(/\.(?:\s|$)/u)
    throw wrong(`${first.replaceAll(/\s+/gu, ' ')}.`, cause)
  }
}

function scenarioOf(names: readonly string[]): ScenarioName {
  const [name] = names
  const known = SCENARIOS.find((one) => one === name)
  if (known !== undefined && names.length === 1) return known
  const said = names.length === 0 ? 'none' : `'${names.join(' ')}'`
  throw wrong(`It takes one scenario of ${SCENARIOS.join(', ')}, not ${said}.`)
}

function subjectsOf(list: string, scenario: ScenarioName | undefined): SubjectName[] {
  const named = new Set(list.split(',').map((name) => name.trim()))
  const asked = (scenario === undefined ? undefined : ASKED[scenario]) ?? SUBJECTS
  const known = asked.filter((name) => named.has(name))
  if (known.length === named.size) return known
  const some = asked.length === 1 ? `only ${asked[0]}` : `some of ${asked.join(', ')}`
  const where = asked === SUBJECTS ? '' : ` of ${String(scenario)}`
  throw wrong(`--subjects${where} takes ${some} with commas between, not '${list}'.`)
}

/** Ascending, each once. */
function gatewaysOf(list: string): number[] {
  const counts = list.split(',').map((count) => wholeNumber('gateways', count, MOST.gateways))
  return [...new Set(counts)].toSorted((a, b) => a - b)
}

function wholeNumber(flag: string, value: string, most: number): number {
  const number = Number(value)
  if (/^\d+$/u.test(value.trim()) && number >= 1 && number <= most) return number
  throw wrong(`--${flag} takes a whole number from 1 to ${most}, not '${value}'.`)
}

const wrong = (sentence: string, cause?: unknown): LaunchError =>
  new LaunchError(`${sentence} See npm run bench -- --help.`, { exitCode: 2, cause })
