import { expect, it } from 'vitest'
import { plainText, putShown, putText } from './shown'

const hostile = {
  runs: [
    '<img src=x onerror=alert(1)>',
    { chip: 'U+202E', says: 'right-to-left override' },
    '</script>',
  ],
  cut: true,
}

it('log text becomes text nodes and chips, never elements of its own', () => {
  const cell = document.createElement('div')
  putShown(cell, hostile)
  expect([...cell.querySelectorAll('*')].map((element) => element.tagName)).toEqual([
    'SPAN',
    'SPAN',
  ])
  expect(cell.textContent).toBe('<img src=x onerror=alert(1)>⟦U+202E⟧</script>…')
})

it('a chip says what it stands for', () => {
  const cell = document.createElement('div')
  putShown(cell, hostile)
  expect(cell.querySelector('.chip-code')?.getAttribute('title')).toBe('right-to-left override')
})

it('what stood there before is gone', () => {
  const cell = document.createElement('div')
  putShown(cell, hostile)
  putShown(cell, { runs: ['plain'] })
  expect(cell.textContent).toBe('plain')
  putText(cell, 'other')
  expect(cell.childNodes.length).toBe(1)
  putShown(cell, { runs: [] })
  expect(cell.textContent).toBe('')
})

it('as one line it keeps the chips', () => {
  expect(plainText(hostile)).toBe('<img src=x onerror=alert(1)>⟦U+202E⟧</script>…')
})
