import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-kill-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Life {
  /** What it found at its start; null when it did not get that far. */
  readonly began: number | null
  /** The last number it said was safe. */
  readonly kept: number
  readonly complaints: string
}

/** One life of a storage host, killed so many milliseconds after it began to work. */
const live = async (milliseconds: number): Promise<Life> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../helpers/storage-writer.ts'), folder], { stdio: 'pipe' })
  let began: number | null = null
  let kept = 0
  let complaints = ''
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()))
  const closed = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, number] = line.split(' ')
    if (word === 'loaded') {
      child.stdin.write('go\n')
      void pause(milliseconds).then(() => child.kill('SIGKILL'))
    }
    if (word === 'began') began = Number(number)
    if (word === 'kept') kept = Number(number)
  }
  await closed
  return { began, kept, complaints }
}

describe('kill -9', () => {
  it('loses nothing that was acknowledged, whenever it comes: at the first start too', { timeout: 60_000 }, async () => {
    let acknowledged = 0
    for (const milliseconds of [2, 5, 9, 14, 20, 28, 38, 50, 65, 80, 100, 150]) {
      const life = await live(milliseconds)
      expect(life.complaints).toBe('')
      if (life.began !== null) {
        expect(life.began).toBeGreaterThanOrEqual(acknowledged)
        acknowledged = Math.max(life.began, life.kept)
      }
    }
    const last = await live(500)
    expect(last.complaints).toBe('')
    expect(last.began).toBeGreaterThanOrEqual(acknowledged)
    expect(last.kept).toBeGreaterThan(10)
  })
})
