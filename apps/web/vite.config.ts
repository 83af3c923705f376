import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { emojiData } from './emoji-data.ts'

export default defineConfig({
  plugins: [react(), emojiData()],
  resolve: { conditions: ['@parley/source', 'module', 'browser', 'import', 'default'] },
  build: {
    outDir: 'dist/site',
    emptyOutDir: true,
    target: 'es2023',
    cssTarget: ['chrome125', 'firefox125', 'safari17.5'],
    // The content security policy allows files of our own origin, and nothing inline.
    assetsInlineLimit: 0,
    // A part that is loaded later is tried again when that fails; its styles alone would not be.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              // Two thirds of what is loaded first, and the same in most releases: browsers keep it.
              name: 'interface',
              test: /node_modules[\\/](?:react|react-dom|scheduler|react-aria|react-aria-components|react-stately)[\\/]/u,
              tags: ['$initial'],
            },
          ],
        },
      },
      treeshake: {
        // Of the schemas the page uses types and tables: without this all of zod comes along.
        moduleSideEffects: [{ test: /message-schema|[\\/]zod[\\/]/u, sideEffects: false }],
      },
    },
  },
})
