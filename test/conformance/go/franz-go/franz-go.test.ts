import { describeClient } from '../../cases/suite.ts'

describeClient('franz-go', import.meta.dirname)
