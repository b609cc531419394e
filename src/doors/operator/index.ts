export type { OperatorReel } from './answer-question.ts'
export {
  type OperatorDoorTools,
  type OperatorRecord,
  registerOperatorDoor,
} from './operator-door.ts'
