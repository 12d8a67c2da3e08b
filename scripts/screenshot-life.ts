import type { Locator } from '@playwright/test'
import { walkSignIn } from '#test/helpers/walk-sign-in'
import { PRIVATE_ACCOUNT } from './screenshot-data.ts'
import { type Journey, newSignIn, noSheet } from './screenshot-sign-ins.ts'

const panelOf = ({ page }: Journey): Locator => page.getByRole('complementary')

const idOf = async ({ call }: Journey, connectorId: string, label: string): Promise<string> => {
  const { connections } = (await call('connections.list', { connectorId, search: label })) as {
    readonly connections: readonly { readonly connectionId: string }[]
  }
  return connections[0]?.connectionId ?? ''
}

/** Opens the panel of the account of a connector with this label. */
const openPanel = async (journey: Journey, connectorId: string, label: string): Promise<Locator> => {
  await journey.go(`connections/${await idOf(journey, connectorId, label)}`)
  const panel = panelOf(journey)
  await panel.getByRole('heading', { name: label }).waitFor()
  await panel.locator('table').first().waitFor()
  await journey.page.mouse.move(700, 20)
  return panel
}

/** What is known of an account's working, and what Nango keeps beside its credentials. */
export const lookAtHealth = async (journey: Journey): Promise<void> => {
  const { page, w, shoot, sheet, call } = journey
  // Whether one look or two have found its service down is a matter of time: the panel says either.
  await openPanel(journey, 'calendly', 'Demos')
  await shoot('health-down')
  const panel = await openPanel(journey, 'github', 'Work')
  await panel.getByText(w('life.health.verified')).waitFor()
  await panel.getByRole('button', { name: w('life.evidence.title') }).click()
  await shoot('health-verified')
  await panel.getByRole('button', { name: w('life.labels.tags') }).click()
  await sheet.getByRole('button', { name: w('life.tags.add') }).click()
  await sheet
    .getByRole('textbox', { name: w('life.tags.key') })
    .last()
    .fill('team')
  await sheet
    .getByRole('textbox', { name: w('life.tags.value') })
    .last()
    .fill('platform')
  await sheet.getByRole('button', { name: w('life.tags.add') }).click()
  await sheet
    .getByRole('textbox', { name: w('life.tags.key') })
    .last()
    .fill('2nd line')
  await sheet
    .getByRole('textbox', { name: w('life.tags.value') })
    .last()
    .fill('on call')
  await sheet.locator('[aria-invalid="true"]').first().waitFor()
  await shoot('tags')
  await page.keyboard.press('Escape')
  await noSheet(page)
  const metadata = { region: 'eu', plan: { seats: 40 } }
  await call('connections.setMetadata', { connectionId: await idOf(journey, 'github', 'Work'), mode: 'merge', metadata })
  await panel.getByRole('button', { name: w('life.labels.metadata') }).click()
  const text = sheet.getByRole('textbox')
  await sheet.getByRole('button', { expanded: false }).first().waitFor()
  await sheet.getByRole('radio').last().click()
  await text.fill('{\n  "plan": { "seats": 60 },\n  "owner": "platform"\n}')
  await sheet.getByRole('list', { name: w('life.metadata.change') }).waitFor()
  await shoot('metadata')
  await page.keyboard.press('Escape')
  await noSheet(page)
  // What is in sight in the small window is so in the large one.
  await page.setViewportSize({ width: 900, height: 600 })
  await panel.locator('table').last().scrollIntoViewIfNeeded()
  await shoot('tags-and-history')
  await page.setViewportSize({ width: 1440, height: 900 })
  await panel.getByRole('button', { name: w('connections.panel.more') }).click()
  await page.getByRole('menuitem').first().waitFor()
  await shoot('panel-menu')
  await page.getByRole('menuitem', { name: w('life.replace.menu') }).click()
  await sheet.getByRole('combobox').click()
  await page.getByRole('option', { name: /Personal/ }).click()
  await shoot('replace')
  await page.keyboard.press('Escape')
  await noSheet(page)
}

/** Access is ended and the connection deleted: what will happen where, and what happened. */
export const endAccess = async (journey: Journey): Promise<void> => {
  const { page, w, shoot } = journey
  const panel = await openPanel(journey, 'linear', 'Harborline')
  await panel.getByRole('button', { name: w('connections.panel.remove-asks') }).click()
  const question = page.getByRole('alertdialog')
  await question.getByRole('radio').nth(3).waitFor()
  await question.getByRole('radio').first().click()
  await question.getByText(w('life.revoke.ends-sign-in')).waitFor()
  await shoot('revoke')
  await question.getByRole('button').last().click()
  const report = page.getByRole('dialog').getByRole('list', { name: w('life.report.tokens') })
  await report.waitFor()
  await shoot('revoke-report')
  await page.keyboard.press('Enter')
  await noSheet(page)
}

/** A sign-in in place of the one that is there, which another account answers. */
export const reconnect = async (journey: Journey): Promise<void> => {
  const { page, demo, w, shoot, sheet, call } = journey
  // Once as who it is: from then on it is known whose it was.
  const before = newSignIn(journey)
  await call('connect.start', { connectorId: 'github', reconnectConnectionId: await idOf(journey, 'github', 'Work') })
  await walkSignIn(await before())
  await openPanel(journey, 'github', 'Work')
  await panelOf(journey).getByText('mara-at-harborline').waitFor()
  demo.signInAs(PRIVATE_ACCOUNT)
  await page.keyboard.press('r')
  const send = sheet.getByRole('button', { name: w('connect.again.reconnect') })
  await send.waitFor()
  await shoot('reconnect')
  const opened = newSignIn(journey)
  await send.click()
  const address = await opened()
  await sheet.getByRole('button', { name: w('Reopen page') }).waitFor()
  await shoot('reconnect-waiting')
  await walkSignIn(address)
  await sheet.getByRole('radio').nth(2).waitFor()
  await shoot('reconnect-decision')
  await sheet.getByRole('radio').nth(1).click()
  await sheet.getByRole('textbox').fill('Private')
  await shoot('reconnect-decision-add')
  await sheet.getByRole('radio').first().click()
  await sheet
    .getByRole('button', { name: w('connect.decide.keep') })
    .last()
    .click()
  await sheet
    .getByRole('heading', { name: w('connect.again.kept-title') })
    .or(sheet.getByText(w('connect.again.kept-title')))
    .first()
    .waitFor()
  await shoot('reconnect-kept')
  await page.keyboard.press('Escape')
  await noSheet(page)
}
