const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Chicago',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

const hourMs = 60 * 60 * 1000;

/** The day in US Central time, such as `2026-03-01`, by which Marketo counts calls (marketo-rest 6). */
export function centralDay(nowMs: number): string {
  return parts.format(nowMs);
}

/** The next midnight in US Central time, in ms since 1970: 05:00 UTC in summer, 06:00 in winter. */
export function centralDayEndMs(nowMs: number): number {
  const day = centralDay(nowMs);
  let endMs = (Math.floor(nowMs / hourMs) + 1) * hourMs;
  while (centralDay(endMs) === day) endMs += hourMs;

  return endMs;
}
