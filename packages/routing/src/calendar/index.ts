export { type Calendar, calendar } from './calendar.js'
export * from './compile-zones.js'
export {
  addOpenTime,
  type BusinessClock,
  businessClock,
  isOpen,
  nextChange,
  openTimeBetween,
} from './hours.js'
export { type Zones, zones } from './zones.js'
