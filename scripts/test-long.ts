import { closingLine, describeRun, isGood, runVitest } from './suites.ts'
import { say } from './tool.ts'

const started = Date.now()
const run = await runVitest({
  name: 'long',
  args: ['test/long', ...process.argv.slice(2)],
  env: { PATCHBAY_TEST_LONG: '1' },
  suiteOf: (file) => file.replace(/^test\//, '').replace(/\.test\.tsx?$/, ''),
})
for (const line of describeRun(run)) say(line)
say(`All suites took ${((Date.now() - started) / 1000).toFixed(1)} s.`)
say(closingLine(run.outcomes))
process.exitCode = isGood(run.outcomes) ? 0 : 1
