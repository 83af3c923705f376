import type { StagePlan } from '../peers/peer.ts'
import { SubjectLaunch } from './subject-launch.ts'
import type { ClientPlan, StartSubjectOptions, Subject } from './subject.ts'

/** `start` makes the processes and answers the ports that clients connect to. What fails leaves nothing behind. */
export async function runSubject(
  who: Pick<Subject, 'name' | 'dialect'> & Partial<Pick<Subject, 'isOrdered'>>,
  options: StartSubjectOptions,
  start: (launch: SubjectLaunch) => Promise<readonly number[]>,
): Promise<Subject> {
  const launch = new SubjectLaunch(options)
  try {
    const ports = await start(launch)
    return {
      isOrdered: true,
      ...who,
      stage: async (plan) => stage(plan, ports),
      processes: () => launch.processes(),
      crashes: () => launch.crashes,
      redisUrl: launch.redisUrl,
      stop: () => launch.stop(),
      killNow: () => launch.killNow(),
    }
  } catch (error) {
    await launch.stop()
    throw error
  }
}

/** Nobody is asked who they are, and rooms are names. */
function stage({ people, rooms }: StagePlan, ports: readonly number[]): ClientPlan[] {
  const roomsOf = Array.from({ length: people }, (): string[] => [])
  rooms.forEach((members, index) => {
    for (const member of members) roomsOf[member]?.push(`room-${index + 1}`)
  })
  return roomsOf.map((its, index) => ({
    port: ports[index % ports.length] ?? 0,
    userId: `bench-${index + 1}`,
    token: '',
    rooms: its,
  }))
}
