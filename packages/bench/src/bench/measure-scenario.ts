import { historyReport } from './history-report.ts'
import type { Flags } from './flags.ts'
import { loadReport } from './load-report.ts'
import type { Report } from './report.ts'
import { runBench } from './run-bench.ts'
import type { LoadName, Scenario, ScenarioName } from './scenario.ts'
import { ceiling } from './scenarios/ceiling.ts'
import { fanout } from './scenarios/fanout.ts'
import { measureHistory } from './scenarios/history/measure-history.ts'
import { idle } from './scenarios/idle/idle.ts'
import { resume } from './scenarios/resume/resume.ts'
import { rooms } from './scenarios/rooms.ts'
import { scale } from './scenarios/scale/scale.ts'
import { send } from './scenarios/send.ts'
import type { Stage } from './stage.ts'

type Measure = (flags: Flags, stage: Stage) => Promise<Report>

const WARM_MS = 4_000
/** Half of the processor time of an API that has just been started is V8's compiler. */
const WARM_UP_MS = 20_000
const SECONDS = 5
const HISTORY = { messages: 10_000_000, smallMessages: 10_000, rounds: 3 }

/** Messages that every subject is given to deliver. */
const load =
  (name: LoadName, scenario: Scenario): Measure =>
  async (flags, stage) => {
    const windowMs = (flags.seconds ?? SECONDS) * 1_000
    const result = await runBench(scenario, {
      ...stage,
      subjects: flags.subjects ?? scenario.subjects,
      rounds: flags.rounds ?? scenario.rounds,
      windowMs,
      warmMs: Math.min(WARM_MS, windowMs),
      warmUpMs: Math.min(WARM_UP_MS, 4 * windowMs),
    })
    return loadReport(name, result)
  }

const history: Measure = async ({ messages, rounds }, { dir, signal, say }) => {
  const largeMessages = messages ?? HISTORY.messages
  const smallMessages = Math.min(HISTORY.smallMessages, largeMessages)
  return historyReport(
    await measureHistory({
      dir,
      largeMessages,
      smallMessages,
      rounds: rounds ?? HISTORY.rounds,
      say,
      signal,
    }),
  )
}

const MEASURES: Readonly<Record<ScenarioName, Measure>> = {
  fanout: load('fanout', fanout),
  ceiling: load('ceiling', ceiling),
  rooms: load('rooms', rooms),
  send: load('send', send),
  idle,
  resume,
  history,
  scale,
}

export const measureScenario = (name: ScenarioName, flags: Flags, stage: Stage): Promise<Report> =>
  MEASURES[name](flags, stage)
