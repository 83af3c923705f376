import react from '@vitejs/plugin-react'
import { defineConfig, loadEnv } from 'vite'

// The page and Parley have one origin, as behind a proxy of your own: nothing has to be allowed.
export default defineConfig(({ mode }) => {
  const target = loadEnv(mode, '.', 'PARLEY_')['PARLEY_URL'] ?? 'http://127.0.0.1:8080'
  const proxy = { '/v1': { target }, '/socket.io': { target, ws: true } }
  return { plugins: [react()], server: { proxy }, preview: { proxy } }
})
