export {
  type OperatorDoorTools,
  type OperatorRecord,
  registerOperatorDoor,
} from './operator-door.ts'
