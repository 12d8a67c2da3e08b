import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, runProgram, say } from './tool.ts'

const folder = join(root, 'packaging')
const builder = join(folder, 'node_modules/app-builder-lib/out/util/config/config.js')

interface BuilderConfig {
  readonly getConfig: (projectDir: string, configPath: string, fromOptions: null) => Promise<unknown>
  readonly validateConfiguration: (config: unknown, log: { readonly isEnabled: boolean; readonly add: () => void }) => Promise<void>
}

/** Installs electron-builder from packaging's own lock file. */
const install = async (): Promise<void> => {
  if (existsSync(builder)) return
  const npm = process.env['npm_execpath']
  if (npm === undefined || basename(npm) !== 'npm-cli.js') throw new Error('Start it through npm: npm run package')
  say('Installing electron-builder into packaging/. This needs the package registry.')
  const { code, output } = await runProgram(npm, ['ci', '--prefix', folder, '--loglevel=error', '--no-audit', '--no-fund'])
  if (code !== 0) throw new Error(`electron-builder could not be installed:\n${output}`)
}

/** Compares electron-builder.yml with electron-builder's own schema. No network. */
const validate = async (): Promise<void> => {
  const module = (await import(pathToFileURL(builder).href)) as BuilderConfig | { readonly default: BuilderConfig }
  const { getConfig, validateConfiguration } = 'default' in module ? module.default : module
  const config = await getConfig(root, join(root, 'electron-builder.yml'), null)
  await validateConfiguration(config, { isEnabled: false, add: () => undefined })
}

const PLATFORMS: Readonly<Record<string, string>> = { linux: '--linux', darwin: '--mac', win32: '--win' }

const needsNetwork =
  'Making installers downloads the program of Electron, and for some targets tools such as AppImage and NSIS, from github.com.'

await install()
await validate()
say('electron-builder.yml is valid.')
if (process.argv.includes('--check')) say(needsNetwork)
else {
  const build = await runProgram(join(root, 'scripts/build.ts'), [], { onOutput: (text) => void process.stdout.write(text) })
  if (build.code !== 0) throw new Error('The build failed.')
  say(needsNetwork)
  const platform = PLATFORMS[process.platform] ?? '--linux'
  const args = [
    '--projectDir',
    root,
    '--config',
    join(root, 'electron-builder.yml'),
    platform,
    '--publish',
    'never',
    ...process.argv.slice(2),
  ]
  const { code } = await runProgram(join(folder, 'node_modules/electron-builder/cli.js'), args, {
    onOutput: (text) => void process.stdout.write(text),
  })
  say(code === 0 ? 'The installers are in dist/.' : `No installer was made. ${needsNetwork} Try again where that address can be reached.`)
  process.exitCode = code
}
