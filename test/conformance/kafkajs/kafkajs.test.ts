import { describeClient } from '../cases/suite.ts'

describeClient('kafkajs', import.meta.dirname)
