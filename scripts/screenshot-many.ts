import { walkSignIn } from '#test/helpers/walk-sign-in'
import { inPalette, type Journey, newSignIn, noSheet } from './screenshot-sign-ins.ts'

const FILE = [
  'connector,api_key,label,tags.team,owner',
  'openai,demo-key-of-research,Research,data,Mara',
  'openai,demo-key-of-support,Support bot,support,Mara',
  'sendgrid,demo-key-of-newsletter,Newsletter,marketing,Jonas',
  'cloudflare,demo-key-of-shop,Shop,platform,Jonas',
  'vercel,,Preview sites,platform,Jonas',
  'opnai,demo-key-of-evals,Evaluations,data,Mara',
].join('\r\n')

/** Accounts that are at Nango already are adopted, others come out of a file. */
export const bringIn = async (journey: Journey): Promise<void> => {
  const { page, w, shoot, sheet, go, row } = journey
  await go('connections')
  await row(/Asana/).waitFor()
  await inPalette(journey, 'import.adopt.action')
  await sheet.getByRole('checkbox').nth(5).waitFor()
  await shoot('adopt')
  await sheet.getByRole('button').last().click()
  await sheet
    .getByRole('button', { name: w('import.close') })
    .last()
    .waitFor()
  await shoot('adopt-end')
  await page.keyboard.press('Escape')
  await noSheet(page)

  await inPalette(journey, 'import.action')
  await sheet.getByText(w('import.choose.drop')).waitFor()
  await shoot('import')
  await sheet.locator('input[type="file"]').setInputFiles({ name: 'accounts.csv', mimeType: 'text/csv', buffer: Buffer.from(FILE) })
  await sheet.getByText(w('import.check.some')).first().waitFor()
  await shoot('import-check')
  await sheet
    .getByRole('button', { name: w('import.start') })
    .last()
    .click()
  await sheet.getByRole('button', { name: w('import.end.save') }).waitFor()
  await shoot('import-end')
  await page.keyboard.press('Escape')
  await noSheet(page)
}

/** Several are chosen in the catalogue and connected one after the other; one is refused. */
export const connectSeveral = async (journey: Journey): Promise<void> => {
  const { page, w, shoot, sheet, go } = journey
  await go('connectors')
  const search = page.getByRole('searchbox', { name: w('Search connectors') })
  for (const name of ['Box', 'Discord', 'Slack', 'Cloudflare', 'OpenAI']) {
    await search.fill(name)
    await page.getByRole('checkbox', { name: w('catalogue.card.choose', { name }) }).click({ force: true })
  }
  await search.fill('')
  await page.getByRole('article').nth(8).waitFor()
  await page.mouse.move(700, 20)
  await shoot('connectors-chosen')
  await page
    .getByRole('group', { name: w('catalogue.choice.name') })
    .getByRole('button')
    .last()
    .click()
  const labels = sheet.getByRole('textbox')
  await labels.nth(4).waitFor()
  for (const [at, label] of ['Archive', 'Community', 'Support desk', 'Shop', 'Evaluations'].entries()) await labels.nth(at).fill(label)
  await sheet
    .getByRole('button', { name: w('queue.plan.fill-name') })
    .nth(1)
    .waitFor()
  await shoot('queue-plan')
  await page.keyboard.press('Enter')
  const keys = sheet.locator('[data-field] input[type="password"]')
  await sheet.locator('[aria-invalid="true"]').first().waitFor()
  await shoot('queue-plan-errors')
  await keys.first().fill('demo-key-of-shop')
  await keys.last().fill('demo-key-of-evaluations')
  const start = newSignIn(journey)
  await page.keyboard.press('Enter')
  await walkSignIn(await start())
  const second = newSignIn(journey)
  await walkSignIn(await second(), { deny: true })
  const third = newSignIn(journey)
  const address = await third()
  await sheet.getByRole('button', { name: w('Reopen page') }).waitFor()
  await shoot('queue-running')
  await page.keyboard.press('Escape')
  await noSheet(page)
  const strip = page.getByRole('region', { name: w('queue.name') })
  await strip.waitFor()
  await shoot('queue-strip')
  await walkSignIn(address)
  await strip.getByRole('button', { name: w('queue.dock.dismiss') }).waitFor()
  await strip.getByRole('button', { name: w('queue.dock.show') }).click()
  await sheet.getByRole('button', { name: w('queue.again.all') }).waitFor()
  await shoot('queue-done')
  await page.keyboard.press('Escape')
  await noSheet(page)
}

/** All that the list shows are checked and tried at their services; some fail. */
export const actOnMany = async (journey: Journey): Promise<void> => {
  const { page, demo, w, shoot, sheet, go, row } = journey
  // First: what is tried is used, and what is used lives on.
  await go('connections/view/expiring')
  await page.getByRole('listitem').first().waitFor()
  await shoot('expiring')
  await go('connections')
  await row(/Asana/).waitFor()
  const bar = page.getByRole('group', { name: w('bulk.bar.name') })
  const check = async (): Promise<void> => {
    await page.getByRole('treegrid').focus()
    await page.keyboard.press('ControlOrMeta+a')
    await bar.getByText(w('bulk.bar.all-match')).first().waitFor()
  }
  const wait = () => sheet.getByRole('status').first().waitFor()
  const close = async (): Promise<void> => {
    await page.keyboard.press('Escape')
    await noSheet(page)
  }
  await check()
  await shoot('bulk-checked')
  await page.keyboard.press('x')
  await wait()
  await shoot('bulk-remove')
  await close()
  await bar.getByRole('button', { name: w('bulk.bar.more') }).click()
  await page.getByRole('menuitem', { name: w('bulk.do.tag') }).click()
  const fields = sheet.getByRole('textbox')
  await fields.first().fill('team')
  await fields.nth(1).fill('operations')
  await wait()
  await shoot('bulk-tags')
  await close()

  await bar.getByRole('button', { name: w('bulk.bar.more') }).click()
  await page.getByRole('menuitem', { name: w('bulk.do.revoke') }).click()
  await wait()
  await shoot('bulk-revoke')
  await close()

  demo.holdAfter(14)
  await page.keyboard.press('v')
  const run = page.getByRole('region', { name: w('bulk.run.name') })
  await run.getByRole('button', { name: w('bulk.run.so-far') }).waitFor()
  await page.mouse.move(700, 20)
  await shoot('bulk-running')
  demo.holdAfter(null)
  const left = run.getByRole('button').first()
  await run.getByRole('button', { name: w('bulk.run.hide') }).waitFor()
  await shoot('bulk-done')
  await left.click()
  await sheet.getByRole('listitem').first().waitFor()
  await shoot('bulk-failed')
  await close()
  await run.getByRole('button', { name: w('bulk.run.hide') }).click()
  await inPalette(journey, 'bulk.key.runs')
  await sheet.getByRole('listitem').or(sheet.getByRole('row')).first().waitFor()
  await shoot('bulk-runs')
  await close()
}
