export { createDriverDoor, type DriverDoorOptions, type DriverDoorTools, type PublicUrl } from './driver-door.ts'
export type { BodyLimits } from './read-body.ts'
export { refuseUnreadable } from './unreadable-request.ts'
