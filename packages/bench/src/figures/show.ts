/** Milliseconds as a person reads them. */
export function showMs(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms === 0) return '0 ms'
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1_000) return `${Math.round(ms)} ms`
  return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`
}

export const showCount = (count: number): string =>
  Number.isFinite(count) ? Math.round(count).toLocaleString('en-US') : '–'

export const showPercent = (percent: number): string =>
  Number.isFinite(percent) ? `${percent === 100 ? '100' : percent.toFixed(2)} %` : '–'

export const showKb = (bytes: number): string =>
  Number.isFinite(bytes) ? `${(bytes / 1_024).toFixed(1)} KB` : '–'

export const showShare = (share: number): string => `${Math.round(share * 100)} %`
