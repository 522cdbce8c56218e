import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

// `--mode fake` builds the page over the fake backend, to be looked at in a plain browser.
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: './',
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    outDir: mode === 'fake' ? 'dist-fake' : 'dist',
    target: ['es2022', 'safari16'],
    // Data addresses for fonts would break the content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    reportCompressedSize: false,
  },
}))
