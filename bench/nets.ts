/**
 * Time of the nets' two engines in one run: node bench/nets.ts
 *
 * Our kernel and TensorFlow.js on the best backend here: the shape that ships, and an LSTM with a dense head over
 * series of 60 steps. `bench/forecast.ts --time` prints the same table beside the forecast's own time.
 */
import { printNetTimes, timeNetEngines } from "./net-engines.ts";

const results = await timeNetEngines();
printNetTimes(results);
const megabytes = process.resourceUsage().maxRSS / 1000;
console.log(JSON.stringify({ kind: "hypervolt/bench-nets/v1", results, largestMemoryMb: Math.round(megabytes) }));
