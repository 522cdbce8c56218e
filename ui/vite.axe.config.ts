import { defineConfig } from 'vite'

// One script for the window's tests to inject; never part of the page.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist-test',
    lib: {
      entry: 'axe-entry/axe.ts',
      formats: ['iife'],
      name: 'sealscopeAxe',
      fileName: () => 'axe.js',
    },
    reportCompressedSize: false,
  },
})
