import { describeCheck, runChecks } from './checks.ts'
import { say } from './tool.ts'

const results = await runChecks((result) => say(describeCheck(result)))
const failed = results.filter(({ isGood }) => !isGood).length
say(`${results.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
