export { type DriverDoorOptions, type DriverDoorTools, registerDriverDoor } from './driver-door.ts'
export { refuseUnreadable } from './unreadable-request.ts'
