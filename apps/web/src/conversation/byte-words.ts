const UNITS = ['B', 'KB', 'MB', 'GB'] as const

/** `1.4 MB`. */
export function byteWords(bytes: number): string {
  let [value, unit] = [bytes, 0]
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_000
    unit += 1
  }
  const digits = value >= 10 || unit === 0 ? 0 : 1
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`
}

export interface Box {
  readonly width: number
  readonly height: number
}

/** How large a picture is shown, so that its place is there before it is. */
export function fitBox(
  size: { width?: number | undefined; height?: number | undefined },
  most: Box,
): Box {
  const { width, height } = size
  if (width === undefined || height === undefined) return { width: 240, height: 180 }
  const scale = Math.min(1, most.width / width, most.height / height)
  return {
    width: Math.max(48, Math.round(width * scale)),
    height: Math.max(48, Math.round(height * scale)),
  }
}
