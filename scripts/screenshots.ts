// Takes the pictures of docs/screenshots and looks for faults on each: node scripts/screenshots.ts [SCREEN,...]. Needs a build, Chromium and ImageMagick's convert.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBrowser } from '#test/renderer/test-browser'
import { isScene, takePictures } from '#test/renderer/take-pictures'
import { createCamera } from './screenshot-camera.ts'
import { galleryOf } from './screenshot-gallery.ts'
import { takeJourney } from './screenshot-journey.ts'
import { root, say } from './tool.ts'

const target = join(root, 'docs/screenshots')
const wanted = process.argv[2]?.split(',') ?? null
const started = Date.now()
const folder = join(tmpdir(), 'patchbay')
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { mode: 0o700 })
mkdirSync(target, { recursive: true })
if (wanted === null) for (const file of readdirSync(target)) if (file.endsWith('.png')) rmSync(join(target, file))

const browser = await openBrowser()
const faults: string[] = []
try {
  for (const [language, locale] of [
    ['en', 'en-GB'],
    ['de', 'de-DE'],
  ] as const) {
    const { shoot, finish } = createCamera(target, language, wanted)
    const stopped = (name: string, error: unknown): void => {
      const fault = `${language} ${name} was not reached: ${error instanceof Error ? error.message : String(error)}`
      say(fault)
      faults.push(fault)
    }
    const wants = (name: string): boolean => wanted === null || wanted.includes(name)
    await takePictures({ browser, folder: join(root, 'out/renderer'), locale, wants, shoot, stopped })
    if (wanted?.every(isScene) !== true) await takeJourney({ browser, folder: join(folder, language), language, locale, shoot, stopped })
    faults.push(...(await finish()))
  }
} finally {
  await browser.close()
}
// What stopped a part is to be seen there.
if (faults.every((fault) => !fault.includes(folder))) rmSync(folder, { recursive: true, force: true })
writeFileSync(join(target, 'README.md'), galleryOf(readdirSync(target).filter((file) => file.endsWith('.png'))))
say(`${readdirSync(target).length - 1} pictures in ${Math.round((Date.now() - started) / 1000)} s`)
for (const fault of faults) say(fault)
if (faults.length > 0) process.exitCode = 1
