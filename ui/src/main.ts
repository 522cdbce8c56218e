import './app/locale-guard'
import './styles/index.css'
import { mount } from 'svelte'
import App from './app/App.svelte'
import type { Backend } from './backend/backend'
import { tauri } from './backend/tauri'

async function chooseBackend(): Promise<Backend> {
  // Both conditions are known when the page is built, so that the fake is left out of it.
  if (import.meta.env.DEV || import.meta.env.MODE === 'fake') {
    const { fakeFromAddress } = await import('./backend/fake/from-address')
    return fakeFromAddress(location.search)
  }
  return tauri
}

const target = document.getElementById('app')
if (target) void chooseBackend().then((backend) => mount(App, { target, props: { backend } }))
