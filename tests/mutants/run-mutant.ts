import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, readHistory, type CheckOptions, type PlannedFault } from '@parley/check'
import { recordRun } from '@parley/check/record-run'
import type { TestCluster } from '@parley/testkit'

export interface MutantRun {
  /** None: everything is as in production. */
  readonly mutant: string
  /** The processes that it is at work in; all others are whole. */
  readonly broken: readonly string[]
  readonly planned: readonly PlannedFault[]
  readonly seed: number
  /** How long nobody may come nearer before they are not waited for. */
  readonly quietWaitS: number
  /** What is promised within a time is held to these. */
  readonly bounds: CheckOptions
}

export interface Verdict {
  /** Checks that something was found by. */
  readonly found: readonly string[]
  readonly says: readonly string[]
  readonly acked: number
  /** Commands that were answered as the retry of another. */
  readonly dups: number
  readonly faults: number
}

/** Enough to find each of them; a run of the checker alone says more with more. */
const SIZE = { clients: 8, rooms: 2, rate: 80, durationS: 6, faults: [] }
const SILENT = { step: () => undefined, follow: () => undefined, note: () => undefined }

/** Those that are as they should not be are started anew. */
async function startAs(cluster: TestCluster, { mutant, broken }: MutantRun): Promise<void> {
  const { gateways, apis } = cluster.info()
  await Promise.all(
    [...gateways, ...apis].map(async ({ name }) => {
      const wanted = broken.includes(name) ? mutant : ''
      if ((isNow.get(name) ?? '') === wanted) return
      await cluster.stopProcess(name)
      await cluster.start(name, { env: { MUTANTS: wanted } })
      isNow.set(name, wanted)
    }),
  )
  await cluster.waitBalanced()
}

const isNow = new Map<string, string>()

/** A short run of the checker against a cluster in which a mutant is at work. */
export async function runMutant(cluster: TestCluster, run: MutantRun): Promise<Verdict> {
  await startAs(cluster, run)
  const { mutant, broken, planned, seed, quietWaitS, bounds } = run
  // What a fault has ended comes back as it was.
  const start: TestCluster['start'] = (name, options) => {
    const env = { ...(broken.includes(name) && { MUTANTS: mutant }), ...options?.env }
    return cluster.start(name, { ...options, env })
  }
  const path = join(tmpdir(), `parley-mutant-${process.pid}.jsonl`)
  try {
    await recordRun({
      flags: { ...SIZE, seed, quietWaitS },
      target: { url: cluster.url, cluster: { ...cluster, start }, ways: undefined },
      breaking: { planned },
      progress: SILENT,
      signal: new AbortController().signal,
      path,
    })
    const results = await checkHistory(readHistory(path), bounds)
    const violated = results.filter(({ found }) => found > 0)
    return {
      found: violated.map(({ check }) => check),
      says: violated.flatMap(({ check, violations: [first] }) => `${check}: ${first?.says ?? ''}`),
      ...(await countOf(path)),
    }
  } finally {
    rmSync(path, { force: true })
  }
}

async function countOf(path: string): Promise<Pick<Verdict, 'acked' | 'dups' | 'faults'>> {
  let [acked, dups, faults] = [0, 0, 0]
  for await (const line of readHistory(path)) {
    if (line.kind === 'fault') faults += 1
    if (line.kind !== 'operation' || line.type !== 'ok') continue
    if (line.op === 'send') acked += 1
    if (line.result?.['dup'] === true) dups += 1
  }
  return { acked, dups, faults }
}
