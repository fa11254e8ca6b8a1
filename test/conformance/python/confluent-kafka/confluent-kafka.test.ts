import { describeClient } from '../../cases/suite.ts'

describeClient('confluent-kafka', import.meta.dirname)
