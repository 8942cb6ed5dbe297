import { isoUtc } from "../domain/civil-time.ts";

/** What makes a forecast, and mean absolute errors on the last days, W; null while no day has judged it. */
export type ForecastSkill = Readonly<{
  model: string;
  issuedAtMs: number;
  errorW: number | null;
  /** Of saying that the day will be as the day before. */
  likeYesterdayErrorW: number | null;
}>;

/** As the load forecast's sensor shows it: whoever looks can tell whether the forecast is worth anything in this home. */
export function skillAttributes({ model, issuedAtMs, errorW, likeYesterdayErrorW }: ForecastSkill) {
  const whole = (value: number | null): number | null => (value === null ? null : Math.round(value));
  return {
    model,
    issued_at: isoUtc(issuedAtMs),
    mean_error_w: whole(errorW),
    mean_error_like_yesterday_w: whole(likeYesterdayErrorW),
    judged_on:
      errorW === null ? "nothing yet" : "the last four weeks at most, each day forecast at the midnight before it",
  };
}
