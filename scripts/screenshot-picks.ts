import { type Journey, noSheet } from './screenshot-sign-ins.ts'

/** What a program called `release-notes` asks for, and the person chooses: of one connector, of all, and after it went away. */
export const answerPrograms = async ({ page, host, w, text, shoot, sheet, go, call }: Journey): Promise<void> => {
  await go('connections')
  const program = await host.connect('release-notes')
  const ask = (params: unknown): void => void program.call('connections.pick', params).catch(() => undefined)
  const { connections } = (await call('connections.list', { connectorId: 'github', search: 'Personal' })) as {
    readonly connections: readonly { readonly connectionId: string }[]
  }
  const connectionId = connections[0]?.connectionId ?? ''
  await call('connections.setDefault', { connectionId })
  ask({ connectorId: 'github', reason: 'To read what was merged since the last release, and write its notes.' })
  ask({ reason: 'To tell the team that the release is out.' })
  await sheet.getByRole('radio', { checked: true }).waitFor()
  await sheet.getByText(/One more request|Eine weitere Anfrage/).waitFor()
  await page.mouse.move(700, 20)
  await shoot('pick')
  await sheet.getByRole('button', { name: w('pick.use') }).click()
  const search = sheet.getByRole('searchbox', { name: w('pick.search') })
  await search.waitFor()
  await page.mouse.move(700, 20)
  await shoot('pick-any')
  await search.fill('no such account')
  await sheet.getByText(w('pick.none-match')).waitFor()
  await shoot('pick-no-match')
  program.close()
  await sheet.getByText(w('pick.ended')).waitFor()
  await shoot('pick-ended')
  await sheet
    .getByRole('button', { name: text('pick.close') })
    .last()
    .click()
  await noSheet(page)
  await call('connections.setDefault', { connectionId, isDefault: false })
}
