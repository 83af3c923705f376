import { defineConfig } from 'vite'

/** `<parley-chat>` as one file, React and all: for a script tag, or `import '@parley/react/element'`. */
export default defineConfig({
  resolve: { conditions: ['@parley/source', 'module', 'browser', 'import', 'default'] },
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: 'dist',
    // The hooks are there already.
    emptyOutDir: false,
    target: 'es2023',
    sourcemap: true,
    lib: {
      entry: 'src/element/element.ts',
      formats: ['iife'],
      name: 'ParleyChat',
      fileName: () => 'parley-chat.js',
    },
  },
})
