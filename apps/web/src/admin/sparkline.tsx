import type { ReactElement } from 'react'

const WIDTH = 160
const HEIGHT = 36

export interface SparklineProps {
  readonly label: string
  /** The latest last. */
  readonly values: readonly number[]
}

/** How a number was while one looked: its last value in words, the way there as a line. */
export function Sparkline({ label, values }: SparklineProps): ReactElement {
  const most = Math.max(1, ...values)
  const step = WIDTH / Math.max(1, values.length - 1)
  const points = values.map(
    (value, at) =>
      `${(at * step).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`,
  )
  return (
    <figure className="admin-figure">
      <figcaption>{label}</figcaption>
      <output>{values.at(-1)?.toLocaleString() ?? '–'}</output>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden>
        <polyline points={points.join(' ')} />
      </svg>
    </figure>
  )
}
