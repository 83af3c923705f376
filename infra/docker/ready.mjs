// The health check of an image: node infra/docker/ready.mjs GATEWAY_PORT 3001
// Ends with 0 if the app in this container answers `/readyz` with 200.
const [variable, fallback] = process.argv.slice(2)
if (variable === undefined || fallback === undefined) {
  console.error('Usage: node infra/docker/ready.mjs <variable of the port> <its default>')
  process.exit(2)
}
const url = `http://127.0.0.1:${process.env[variable] || fallback}/readyz`
try {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(2_500) })
  if (status !== 200) console.error(`${url} answered ${status}`)
  process.exitCode = status === 200 ? 0 : 1
} catch (error) {
  console.error(`${url} did not answer: ${error.cause?.message ?? error.message}`)
  process.exitCode = 1
}
