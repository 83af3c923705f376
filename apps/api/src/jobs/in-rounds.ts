/**
 * Takes again until a round finds less than it may take at once, or it is time to end. After `rounds`
 * the next run of the job goes on: none keeps others waiting for ever.
 */
export async function inRounds(
  { rounds, atOnce }: { readonly rounds: number; readonly atOnce: number },
  signal: AbortSignal | undefined,
  round: () => Promise<number>,
): Promise<void> {
  for (let done = 0; done < rounds; done += 1) {
    if (signal?.aborted === true || (await round()) < atOnce) return
  }
}
