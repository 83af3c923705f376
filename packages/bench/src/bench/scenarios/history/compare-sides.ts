import type { Agent } from 'node:http'
import type { Cluster } from '@parley/local-cluster'
import { clockMs } from '../../../clock.ts'
import { ask, askMany, createAgent } from './ask.ts'
import { checkFill } from './check-fill.ts'
import type { Connection } from './database.ts'
import { toRow, type Batch, type HistoryRow, type Pair } from './history-rows.ts'
import type { Question } from './questions.ts'
import { costBetween, readCost } from './server-cost.ts'
import type { Side, Stage } from './stage-rooms.ts'

export interface Comparison {
  readonly cluster: Cluster
  readonly connection: Connection
  readonly stage: Stage
  readonly questions: readonly Question[]
  readonly rounds: number
  readonly say: (step: string) => void
  readonly signal: AbortSignal
}

const CONCURRENCIES = [1, 8] as const

interface Rig extends Comparison {
  readonly agent: Agent
  readonly askBatch: (question: Question, side: Side, lines: number) => Promise<Batch>
  readonly end: () => void
}

function createRig(comparison: Comparison): Rig {
  const { cluster, connection } = comparison
  const agent = createAgent()
  return {
    ...comparison,
    agent,
    end: () => agent.destroy(),
    async askBatch({ asker, path, requests }, side, lines) {
      const how = { url: cluster.url, agent, token: side[asker] }
      const before = await readCost(cluster.info(), connection)
      const startedAt = clockMs()
      const tookMs = await askMany(how, (nth) => path(side.log, nth), {
        requests: lines === 1 ? requests : requests * 2,
        lines,
      })
      const wallMs = clockMs() - startedAt
      const after = await readCost(cluster.info(), connection)
      return { tookMs, wallMs, cost: costBetween(before, after) }
    },
  }
}

/** Before anything is measured: both sides answer, and with as much. */
async function warmUp({ cluster, stage, questions, agent, askBatch }: Rig): Promise<void> {
  for (const question of questions) {
    const counts: number[] = []
    for (const side of [stage.small, stage.large]) {
      const how = { url: cluster.url, agent, token: side[question.asker] }
      const answer = JSON.parse(await ask(how, question.path(side.log, 1))) as { data?: unknown[] }
      counts.push(answer.data?.length ?? 1)
      await askBatch(question, side, 1)
    }
    if (question.isEqual && counts[0] !== counts[1]) {
      throw new Error(
        `'${question.name}' answers ${counts[0]} and ${counts[1]}: that is no comparison.`,
      )
    }
  }
}

async function runRounds(rig: Rig): Promise<HistoryRow[]> {
  const { questions, rounds, say, signal } = rig
  const pairs = new Map<string, Pair[]>()
  const keyOf = (question: Question, lines: number): string => `${question.name}/${lines}`
  for (let round = 1; round <= rounds; round += 1) {
    say(`Round ${round} of ${rounds}: ${questions.length} questions to both`)
    for (const question of questions) {
      for (const lines of CONCURRENCIES) {
        signal.throwIfAborted()
        const one = (side: Side): Promise<Batch> => rig.askBatch(question, side, lines)
        const { small, large } = rig.stage
        // Whoever comes first finds the machine as the one before has left it.
        const isTurned = round % 2 === 0
        const first = await one(isTurned ? large : small)
        const second = await one(isTurned ? small : large)
        const pair = isTurned ? { small: second, large: first } : { small: first, large: second }
        const key = keyOf(question, lines)
        pairs.set(key, [...(pairs.get(key) ?? []), pair])
      }
    }
  }
  return questions.flatMap((question) =>
    CONCURRENCIES.map((lines) =>
      toRow(
        { name: question.name, concurrency: lines, grows: question.grows },
        pairs.get(keyOf(question, lines)) ?? [],
      ),
    ),
  )
}

/** The same questions to both sides, in turns, round by round. */
export async function compareSides(comparison: Comparison): Promise<HistoryRow[]> {
  const rig = createRig(comparison)
  try {
    const { cluster, stage, agent, say } = rig
    say('Reading what was filled in, and warming up')
    for (const side of [stage.small, stage.large]) {
      const { log, reader, attentive } = side
      await checkFill({ url: cluster.url, agent, token: reader }, log)
      const read = { upTo: log.firstSeq + log.count - 1 }
      await ask({ url: cluster.url, agent, token: attentive }, `/v1/rooms/${log.roomId}/read`, read)
    }
    await warmUp(rig)
    return await runRounds(rig)
  } finally {
    rig.end()
  }
}
