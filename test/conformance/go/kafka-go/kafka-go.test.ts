import { describeClient } from '../../cases/suite.ts'

describeClient('kafka-go', import.meta.dirname)
