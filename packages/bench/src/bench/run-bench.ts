import type { SubjectName } from '../subjects/subject.ts'
import { medianOf, type Figures } from './figures-of.ts'
import type { MeasureContext, Measured, Scenario } from './scenario.ts'
import type { Stage } from './stage.ts'
import { STARTERS } from './starters.ts'
import { withSubject } from './with-subject.ts'

export interface BenchOptions extends MeasureContext, Stage {
  readonly subjects: readonly SubjectName[]
  readonly rounds: number
}

/** Of one subject at one level, over all rounds. */
export interface SubjectFigures extends Figures {
  readonly name: SubjectName
  readonly level: string
  readonly rounds: number
  /** Rounds in which others had a good part of the machine. Left out of times and costs where there are better ones. */
  readonly noisyRounds: number
  readonly notes: readonly string[]
}

export interface BenchResult {
  readonly scenario: string
  readonly title: string
  readonly load: string
  readonly mainLevel: string
  readonly figures: readonly SubjectFigures[]
  readonly whyVoid: readonly string[]
}

/** Each subject in each round, in turn: what goes on beside hits all of them. */
export async function runBench(scenario: Scenario, options: BenchOptions): Promise<BenchResult> {
  const measured = new Map<SubjectName, Measured[]>()
  const whyVoid: string[] = []
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of options.subjects) {
      const say = (step: string): void =>
        options.say(`${scenario.name}, round ${round} of ${options.rounds}: ${name}: ${step}`)
      const known = measured.get(name) ?? []
      measured.set(name, known)
      const context = { ...options, say }
      const found = await withSubject(
        { start: STARTERS[name], name: `${scenario.name}-${name}` },
        context,
        (subject) => scenario.measure(subject, context),
      )
      for (const one of found) {
        whyVoid.push(...one.whyVoid.map((why) => `${name}, ${one.level}: ${why}`))
        known.push(one)
      }
    }
  }
  const { name, title, load, mainLevel } = scenario
  const figures = [...measured].flatMap(([subject, all]) => summarise(subject, all))
  return { scenario: name, title, load, mainLevel, figures, whyVoid }
}

/** Times and costs are of the quiet rounds alone; what was lost or refused is so, however noisy it was. */
export function summarise(name: SubjectName, all: readonly Measured[]): SubjectFigures[] {
  const levels = new Set(all.map(({ level }) => level))
  return Array.from(levels, (level) => {
    const rounds = all.filter((one) => one.level === level)
    const quiet = rounds.filter(({ isNoisy }) => !isNoisy)
    const used = quiet.length > 0 ? quiet : rounds
    return {
      name,
      level,
      ...medianOf(used.map(({ figures }) => figures)),
      lost: rounds.reduce((sum, { figures }) => sum + figures.lost, 0),
      refused: rounds.reduce((sum, { figures }) => sum + figures.refused, 0),
      rounds: rounds.length,
      noisyRounds: rounds.length - quiet.length,
      notes: rounds.flatMap(({ notes }) => notes ?? []),
    }
  })
}
