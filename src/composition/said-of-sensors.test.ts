import { expect, it } from "vitest";
import { parseOptions } from "../options/options.ts";
import { calibrate, calibrateRms } from "../sensing/calibration.ts";
import { calibrationsOf } from "./said-of-sensors.ts";

it("passes on every part of a calibration", () => {
  const { mains, dc, adc } = calibrationsOf(
    parseOptions({
      calibrations: [
        { sensor_id: "mains", raw: "volts", preset: "acs712-20", rms: true },
        { sensor_id: "dc", raw: "volts", preset: "acs712-20" },
        { sensor_id: "adc", raw: "counts", zero: 1, scale: 2, volts_per_count: 0.001 },
      ],
    }),
  );
  if (!mains || !dc || !adc) throw new Error("a calibration is missing");
  expect(calibrate(2.3, dc)).toBeCloseTo(-2);
  expect(calibrate(2.3, mains)).toBeCloseTo(2);
  expect(calibrateRms([2.3, 2.7, 2.3, 2.7], mains)).toBeCloseTo(2);
  expect(calibrate(1_500, adc)).toBeCloseTo(1);
});
