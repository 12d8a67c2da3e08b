import { expect, expectAccessible, test } from './journey.ts'

test('a passphrase set in the window is asked for after a restart, and a wrong one is refused in words', async ({
  window,
  world,
  page,
}) => {
  await window.getByRole('button', { name: 'Set passphrase' }).click()
  const sheet = window.getByRole('dialog')
  await expectAccessible(window)
  await sheet.getByLabel('Passphrase', { exact: true }).fill('correct horse battery')
  await sheet.getByLabel('Once more', { exact: true }).fill('correct horse battery')
  await sheet.getByRole('button', { name: 'Set passphrase' }).click()
  await expect(window.getByText('Vault open · passphrase')).toBeVisible()
  await world.host.end('SIGTERM')

  await page.goto(await world.startHost())
  await expect(window.getByRole('heading', { name: 'The vault is locked' })).toBeVisible()
  await expectAccessible(window)
  await window.getByLabel('Passphrase', { exact: true }).fill('incorrect horse')
  await window.keyboard.press('Enter')
  await expect(window.getByText('That is not the passphrase.')).toBeVisible()
  await expectAccessible(window)
  await window.getByLabel('Passphrase', { exact: true }).fill('correct horse battery')
  await window.keyboard.press('Enter')
  await expect(window.getByRole('heading', { name: 'Where should your sign-ins be kept?' })).toBeVisible()
})
