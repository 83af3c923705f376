import { defineConfig } from 'vite'

export default defineConfig({
  resolve: { conditions: ['@parley/source', 'module', 'browser', 'import', 'default'] },
  build: {
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2023',
    // The content security policy allows files of our own origin, and nothing inline.
    assetsInlineLimit: 0,
    rolldownOptions: {
      treeshake: {
        // Of the schemas the page uses types and tables: without this all of zod comes along.
        moduleSideEffects: [{ test: /message-schema|[\\/]zod[\\/]/u, sideEffects: false }],
      },
    },
  },
})
