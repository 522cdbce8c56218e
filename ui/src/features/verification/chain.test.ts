import { cleanup, render, screen } from '@testing-library/svelte'
import { afterEach, expect, it } from 'vitest'
import type { ChainNode } from '../../backend/backend'
import Chain from './Chain.svelte'

afterEach(cleanup)

const node = (changes: Partial<ChainNode>): ChainNode => ({
  kind: 'checkpoint',
  label: 'Digest of 11:00 to 12:00',
  position: null,
  digestShort: '',
  verdict: 'intact',
  link: 'ok',
  note: '',
  here: false,
  under: false,
  file: null,
  ...changes,
})

it('draws entries under the seal that covers them', () => {
  const nodes = [
    node({ link: 'none' }),
    node({ kind: 'entry', label: '12', position: 12, link: 'none', under: true, here: true }),
    node({ label: 'Digest of 12:00 to 13:00', file: 'b.json.gz' }),
    node({ kind: 'missing', label: 'Digest of 13:00 to 14:00', link: 'broken' }),
  ]
  render(Chain, { nodes, archive: 0, onShow: () => {} })
  const chain = screen.getByTestId('chain')
  expect(chain.children).toHaveLength(3)
  expect(screen.getByTestId('chain-under').textContent).toContain('12')
  expect(chain.children[1]?.textContent).toContain('the link to the seal before holds')
  expect(chain.children[2]?.textContent).toContain('the link to the seal before does not hold')
  expect(screen.getByTitle('b.json.gz')).toBeTruthy()
})

it('leaves a chain of entries as it was', () => {
  const nodes = [
    node({ kind: 'entry', label: '1', position: 1, link: 'none' }),
    node({ kind: 'entry', label: '2', position: 2, here: true }),
  ]
  render(Chain, { nodes, archive: 0, onShow: () => {} })
  expect(screen.queryByTestId('chain-under')).toBeNull()
  expect(screen.getByTestId('chain').textContent).toContain('the link to the one before holds')
})
