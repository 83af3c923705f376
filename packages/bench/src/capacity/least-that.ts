/** The least whole number in the range that will do, where all beyond one that does do as well. */
export function leastThat(
  from: number,
  to: number,
  willDo: (count: number) => boolean,
): number | undefined {
  let above = from
  while (above < to && !willDo(above)) above = Math.min(to, above * 2)
  if (!willDo(above)) return undefined
  let least = from
  while (least < above) {
    const middle = Math.floor((least + above) / 2)
    if (willDo(middle)) above = middle
    else least = middle + 1
  }
  return above
}
