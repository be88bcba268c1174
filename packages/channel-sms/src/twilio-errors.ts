import type { FaultClass } from '@ramal/channel'

const codes: Readonly<Record<FaultClass, readonly number[]>> = {
  consent: [21610],
  recipient: [
    ...[21211, 21214, 21217, 21265, 21407, 21421, 21612, 21614, 21635, 30003, 30005, 30006, 60200],
    ...[63003, 63014, 63015, 63024],
  ],
  content: [
    ...[21602, 21605, 21617, 21619, 21620, 21623, 30004, 30007, 30009, 30019],
    ...[63005, 63013, 63019, 63021, 63022, 63027, 63028, 63029, 63030],
  ],
  retry: [14107, 20429, 21611, 30001, 30022, 63017, 63018],
  wait: [30023, 30026, 63032, 63041, 63049],
  window: [63016],
  channel: [
    20003, 20005, 20404, 21212, 21408, 21603, 21606, 21659, 30002, 30034, 30035, 63001, 63002, 63007, 63020,
  ],
  uncertain: [30008],
}

const byCode = new Map(
  Object.entries(codes).flatMap(([kind, list]) => list.map((code) => [String(code), kind as FaultClass])),
)

/** What to do about a code of Twilio; nothing for one that is not known. Source: Twilio's error dictionary. */
export const twilioFault = (code: string): FaultClass | undefined => byCode.get(code)
