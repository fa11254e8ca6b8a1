import { describeClient } from '../../cases/suite.ts'

describeClient('kafka-python', import.meta.dirname)
