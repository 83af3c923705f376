import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Router } from 'express'

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true })\n`
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js']
const DAY_MS = 86_400_000

/** The documentation, to read and to try out, from our own files: it needs no other host. */
export function createDocs(openApi: object, asyncApi: object): Router {
  const router = Router()
  const require = createRequire(import.meta.url)
  const root = dirname(require.resolve('swagger-ui-dist/package.json'))
  for (const [path, document] of Object.entries({
    '/openapi.json': JSON.stringify(openApi),
    '/asyncapi.json': JSON.stringify(asyncApi),
  })) {
    router.get(path, (_request, response) => {
      response.set('Cache-Control', 'no-cache').type('application/json').send(document)
    })
  }
  router.get('/docs', (_request, response) => {
    response.set('Cache-Control', 'no-cache').type('html').send(PAGE)
  })
  router.get('/docs/start.js', (_request, response) => {
    response.type('text/javascript').send(START)
  })
  for (const file of FILES) {
    router.get(`/docs/${file}`, (_request, response) => {
      response.sendFile(file, { root, maxAge: DAY_MS })
    })
  }
  return router
}
