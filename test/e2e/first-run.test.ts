import { expect, expectAccessible, test } from './journey.ts'

test('a wrong key is named and corrected without typing the rest again', async ({ window, world }) => {
  await expect(window.getByRole('heading', { name: 'Where should your sign-ins be kept?' })).toBeVisible()
  await expectAccessible(window)
  await window.getByRole('button', { name: /^Your own Nango/ }).click()
  await expect(window.getByRole('textbox', { name: 'Address' })).toBeFocused()
  await expectAccessible(window)

  await window.getByRole('button', { name: 'Add and test' }).click()
  await expect(window.getByText('Two fields are not right yet.')).toBeVisible()
  expect(world.nango.requests).toEqual([])
  await expectAccessible(window)

  await window.getByRole('textbox', { name: 'Address' }).fill(world.nango.url)
  await window.getByLabel('Secret key', { exact: true }).fill('0d4a1b39-1111-4222-8333-444455556666')
  await window.getByRole('button', { name: 'Add and test' }).click()
  await expect(window.getByText('“My Nango” does not work yet. Correct it and try again.')).toBeVisible()
  await expect(window.getByText('Nango refused the secret key.').first()).toBeVisible()
  await expect(window.getByRole('textbox', { name: 'Address' })).toHaveValue(world.nango.url)
  await expectAccessible(window)

  await window.getByLabel('Secret key', { exact: true }).fill(world.nango.secretKey)
  await window.getByRole('button', { name: 'Try again' }).click()
  await expect(window.getByText('Nothing is plugged in yet')).toBeVisible()
  expect(await window.content()).not.toContain(world.nango.secretKey)
  await expectAccessible(window)
})
