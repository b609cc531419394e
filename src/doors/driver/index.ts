export { type DriverDoorOptions, type DriverDoorTools, registerDriverDoor } from './driver-door.ts'
