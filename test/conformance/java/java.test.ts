import { describeClient } from '../cases/suite.ts'

describeClient('java', import.meta.dirname)
