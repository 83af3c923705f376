import { COLLECTING } from '../../../machine/resident-memory.ts'
import { refuseTooManyClients } from '../../../machine/open-file-limit.ts'
import type { SubjectName } from '../../../subjects/subject.ts'
import type { Flags } from '../../flags.ts'
import type { Report } from '../../report.ts'
import type { Stage } from '../../stage.ts'
import { STARTERS } from '../../starters.ts'
import { withSubject } from '../../with-subject.ts'
import { idleReport } from './idle-report.ts'
import { measureIdle, type MeasuredIdle } from './measure-idle.ts'

const SUBJECTS: readonly SubjectName[] = ['parley', 'socket.io', 'socket.io-sharded']
const CLIENTS = 10_000
/** All servers ping their clients in it, twice. */
const SECONDS = 50

/** Connections that do nothing but be there. */
export async function idle(flags: Flags, stage: Stage): Promise<Report> {
  const { clients = CLIENTS, subjects = SUBJECTS, rounds = 1, seconds = SECONDS } = flags
  refuseTooManyClients(clients)
  const measured = new Map<SubjectName, MeasuredIdle[]>()
  for (let round = 1; round <= rounds; round += 1) {
    for (const name of subjects) {
      const say = (step: string): void =>
        stage.say(`idle, round ${round} of ${rounds}: ${name}: ${step}`)
      const found = await withSubject(
        { start: STARTERS[name], name: `idle-${name}`, frontEnv: COLLECTING },
        { ...stage, say },
        (subject) => measureIdle(subject, { clients, windowMs: seconds * 1_000, say }),
      )
      measured.set(name, [...(measured.get(name) ?? []), found])
    }
  }
  return idleReport(measured, { clients, rounds })
}
