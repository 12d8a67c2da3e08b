import { join } from 'node:path'
import { createBrowserOpener } from '#cli/serve/open-in-browser'
import { PatchbayError } from '#shared/errors'
import { OPENED_ADDRESSES, REFUSED_ADDRESSES } from '#test/security/url-corpus'

// Hands the whole corpus to the opener of the Node host, in a process whose programs can be watched; says what became of each.

const [folder = '', programs = ''] = process.argv.slice(2)
const opener = createBrowserOpener({ environment: { PATH: programs, DISPLAY: ':7' }, folder: join(folder, 'open'), platform: 'linux' })

const outcomeOf = async (address: string): Promise<string> => {
  try {
    await opener.open(address)
    return 'opened'
  } catch (error) {
    return error instanceof PatchbayError ? error.code : 'crashed'
  }
}

const refused: string[] = []
for (const address of REFUSED_ADDRESSES) refused.push(await outcomeOf(address))
const opened: string[] = []
for (const [address] of OPENED_ADDRESSES) opened.push(await outcomeOf(address))
opener.dispose()
process.stdout.write(JSON.stringify({ refused, opened }))
