export { type DriverDoorOptions, type DriverDoorTools, registerDriverDoor } from './driver-door.ts'
export type { BodyLimits } from './read-body.ts'
export { refuseUnreadable } from './unreadable-request.ts'
