import { closingLine, describeRun, isGood, runVitest } from './suites.ts'
import { say } from './tool.ts'

const args = process.argv.slice(2)
// A size such as kills=500 is the variable PATCHBAY_KILLS of the harness that takes it; the rest goes to vitest.
const sizes = args.flatMap((arg) => {
  const match = /^([a-z_]+)=(\d+)$/.exec(arg)
  return match === null ? [] : [{ arg, name: `PATCHBAY_${(match[1] ?? '').toUpperCase()}`, value: match[2] ?? '' }]
})
const rest = args.filter((arg) => !sizes.some((size) => size.arg === arg))
const names = rest.filter((arg) => !arg.startsWith('-')).map((name) => (name.startsWith('test/') ? name : `test/long/${name}`))

const started = Date.now()
const run = await runVitest({
  name: 'long',
  args: [...(names.length === 0 ? ['test/long/'] : names), ...rest.filter((arg) => arg.startsWith('-'))],
  env: { PATCHBAY_TEST_LONG: '1', ...Object.fromEntries(sizes.map(({ name, value }) => [name, value])) },
  suiteOf: (file) => file.replace(/^test\//, '').replace(/\.test\.tsx?$/, ''),
  // It takes an hour or more: what is done is told at once, and all of it again at the end.
  onCount: (line) => say(`${((Date.now() - started) / 60_000).toFixed(1)} min: ${line}`),
})
for (const line of describeRun(run)) say(line)
say(`All suites took ${((Date.now() - started) / 1000).toFixed(1)} s.`)
say(closingLine(run.outcomes))
process.exitCode = isGood(run.outcomes) ? 0 : 1
