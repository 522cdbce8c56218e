import { render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import ProfileNote from './ProfileNote.svelte'

describe('the chain profile of an archive', () => {
  it('is shown with where it comes from, and can be changed', () => {
    let asked = 0
    render(ProfileNote, {
      profile: {
        applies: true,
        given: false,
        says: 'It was found.',
        toml: 'name = "a"\nhash = "b"',
      },
      onGiven: () => (asked += 1),
      onCopy: () => undefined,
    })
    expect(screen.getByTestId('profile').textContent).toContain('It was found.')
    expect(screen.getByTestId('profile-text').textContent).toBe('name = "a"\nhash = "b"')
    screen.getByTestId('edit-profile').click()
    expect(asked).toBe(1)
  })
})
