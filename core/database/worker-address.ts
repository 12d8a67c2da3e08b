import { existsSync } from 'node:fs'
import { PatchbayError } from '#shared/errors'

/** Where a thread's program lies: beside `from` in the sources, or in `worker/` beside the folder of a bundle. Throws `storage.failed`. */
export const workerAddress = (name: string, from: string): URL => {
  const candidates = [`./${name}.ts`, `../worker/${name}.mjs`].map((path) => new URL(path, from))
  const found = candidates.find((address) => existsSync(address))
  if (found === undefined) throw new PatchbayError('storage.failed', { data: { reason: 'no_worker', name } })
  return found
}
