import { refuseTooManyClients } from '../../../machine/open-file-limit.ts'
import { startParley } from '../../../subjects/parley/start-parley.ts'
import type { Flags } from '../../flags.ts'
import type { Report } from '../../report.ts'
import type { Stage } from '../../stage.ts'
import { withSubject } from '../../with-subject.ts'
import { measureResume, type MeasuredResume } from './measure-resume.ts'
import { resumeReport } from './resume-report.ts'

const CLIENTS = 5_000
const SECONDS = 10
/** The product's own: a storm is admitted at this pace, and asked for patience beyond it. */
const HANDSHAKES_PER_SECOND = 300

/** Everybody is cut at once, and comes back. */
export async function resume(flags: Flags, stage: Stage): Promise<Report> {
  const { clients = CLIENTS, rounds = 1, seconds = SECONDS } = flags
  refuseTooManyClients(clients)
  const measured: MeasuredResume[] = []
  for (let round = 1; round <= rounds; round += 1) {
    const say = (step: string): void => stage.say(`resume, round ${round} of ${rounds}: ${step}`)
    const found = await withSubject(
      {
        start: (options) => startParley({ ...options, handshakesPerSecond: HANDSHAKES_PER_SECOND }),
        name: 'resume-parley',
        // Half a minute later they index what was said: statements of the storm are counted, not theirs.
        isWithoutJobs: true,
      },
      { ...stage, say },
      (subject) => measureResume(subject, { clients, windowMs: seconds * 1_000, say }),
    )
    measured.push(...found)
  }
  return resumeReport(measured, { clients, rounds, handshakesPerSecond: HANDSHAKES_PER_SECOND })
}
