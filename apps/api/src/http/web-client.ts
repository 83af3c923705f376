import { join, resolve, sep } from 'node:path'
import express, { Router } from 'express'

const HASHED_ASSETS = `${sep}assets${sep}`

/** The built web client; without one, a sentence that says where to look instead. */
export function createWebClient(distDir: string | undefined): Router {
  const router = Router()
  if (distDir === undefined) {
    router.get('/', (_request, response) => {
      response.type('text/plain').send('This is a Parley API. Its documentation is at /docs.\n')
    })
    return router
  }
  const root = resolve(distDir)
  router.use(
    express.static(root, {
      setHeaders: (response, path) => {
        const isHashed = path.includes(HASHED_ASSETS)
        const cache = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache'
        response.setHeader('Cache-Control', cache)
      },
    }),
  )
  // The client's own addresses, typed or reloaded. A path of the API is never answered with a page.
  router.get(
    /^\/(?!v1\/|internal\/|docs\/|assets\/|socket\.io\/)[^.]*$/u,
    (request, response, next) => {
      if (request.accepts(['json', 'html']) !== 'html') {
        next()
        return
      }
      response.sendFile(join(root, 'index.html'), {
        cacheControl: false,
        headers: { 'Cache-Control': 'no-cache' },
      })
    },
  )
  return router
}
