const MINUTE_S = 60;
const DAY_S = 86_400;

const FORMATS = {
  day: new Intl.DateTimeFormat("en", { timeZone: "UTC", month: "short", day: "numeric" }),
  minute: new Intl.DateTimeFormat("en", {
    timeZone: "UTC",
    hourCycle: "h23",
    hour: "2-digit",
    minute: "2-digit",
  }),
  second: new Intl.DateTimeFormat("en", { timeZone: "UTC", hourCycle: "h23", timeStyle: "medium" }),
};

/** What stands at the ticks of an axis of time, in UTC: days, and times of day where the ticks are closer. */
export function timeTicks(ticksS: readonly number[]): string[] {
  const [first = 0, second = first + DAY_S] = ticksS;
  const isFine = second - first < MINUTE_S;
  return ticksS.map((atS) => {
    const isMidnight = atS % DAY_S === 0;
    return FORMATS[isMidnight ? "day" : isFine ? "second" : "minute"].format(atS * 1000);
  });
}

/** A moment, in UTC. */
export function timeText(atS: number): string {
  return `${FORMATS.day.format(atS * 1000)}, ${FORMATS.minute.format(atS * 1000)}`;
}
