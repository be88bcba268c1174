/** A day in milliseconds. */
export const DAY = 86_400_000

/** A minute in milliseconds. */
export const MINUTE = 60_000

/** Days since 1970-01-01 of a date of the Gregorian calendar, by its year, month (1 to 12) and day. */
export const dayNumber = (year: number, month: number, day: number): number => {
  // Years that begin in March have their leap day last.
  const y = month > 2 ? year : year - 1
  const monthsSinceMarch = (month + 9) % 12
  const dayOfYear = Math.floor((153 * monthsSinceMarch + 2) / 5) + day - 1
  return 365 * y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468
}

/** 0 for Monday to 6 for Sunday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7

/** Days since 1970-01-01 of a date as `YYYY-MM-DD`. */
export const parseDate = (date: string): number =>
  dayNumber(Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10)))

/** Minutes since midnight of a time as `HH:MM`. */
export const parseTime = (time: string): number => 60 * Number(time.slice(0, 2)) + Number(time.slice(3, 5))
