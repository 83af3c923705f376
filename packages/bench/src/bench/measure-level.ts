import type { LoadGenerator } from '../load/load-generator.ts'
import type { Remote } from '../remote/start-remote.ts'
import type { LoadPlan } from '../load/sending.ts'
import type { Subject } from '../subjects/subject.ts'
import { figuresOf } from './figures-of.ts'
import { finishWork } from './finish-work.ts'
import { measureWindow } from './measure-load.ts'
import type { MeasureContext, Measured } from './scenario.ts'
import { isGeneratorTheWall, isNoisy, wallOf, whyVoid } from './why-void.ts'

/** One level of load on clients that are connected. */
export async function measureLevel(
  subject: Subject,
  load: Remote<LoadGenerator>,
  { level, plan }: { readonly level: string; readonly plan: LoadPlan },
  { warmMs, windowMs, say }: MeasureContext,
): Promise<Measured> {
  say(level)
  const measure = () => measureWindow(subject, load, { load: plan, warmMs, windowMs })
  const first = await measure()
  // One core is enough for each level, unless others have it: what is measured again is not chosen by its figures.
  const measured =
    isGeneratorTheWall(first) && whyVoid(first).length === 1 ? await measure() : first
  const isPaced = 'perSecond' in plan.pace
  const window = isPaced ? measured : await finishWork(subject, measured, { warmMs, windowMs })
  const crashes = subject.crashes()
  return {
    level,
    figures: figuresOf(window),
    isNoisy: isNoisy(window),
    whyVoid: [
      ...whyVoid(window, plan),
      ...(crashes > 0 ? [`${crashes} processes of ${subject.name} have died`] : []),
    ],
    notes: isGeneratorTheWall(window) ? [`${wallOf(window)}, so times may be its own`] : [],
  }
}
