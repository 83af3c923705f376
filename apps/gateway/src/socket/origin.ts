/**
 * A page may connect from where the gateway is served, and from the listed origins. Programs send no
 * origin: what protects against foreign pages is not needed against them, the token is.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true
  if (!URL.canParse(origin)) return false
  return new URL(origin).host === host
}
