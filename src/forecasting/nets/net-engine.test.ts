import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { SHIPPED_MODELS } from "../model-files.ts";
import { mulberry32 } from "../random.ts";
import { createTensorFlowEngine } from "../tensorflow-net.ts";
import { createKernelEngine } from "./kernel.ts";
import { modelJson } from "./layers-model.ts";
import { netEngineContract } from "./net-engine.contract.ts";
import { readNet } from "./net-file.ts";

netEngineContract("kernel", createKernelEngine);
netEngineContract("TensorFlow.js, the best backend here", () => createTensorFlowEngine());
netEngineContract("TensorFlow.js, plain", () => createTensorFlowEngine(["cpu"]));

it("runs the shipped net in TensorFlow.js as in the kernel", async () => {
  const folder = path.join(SHIPPED_MODELS, "lstm-load-30");
  const { net } = readNet(folder);
  expect(JSON.parse(readFileSync(path.join(folder, "model.json"), "utf8"))).toEqual(modelJson(net.shape));
  const random = mulberry32(3);
  const inputs = Float32Array.from({ length: 3 * net.shape.time * net.shape.inputs }, () => 4 * random() - 2);
  using tensorFlow = await (await createTensorFlowEngine()).open(net);
  using kernel = createKernelEngine().open(net);
  const said = kernel.predict(inputs, 3);
  expect(Math.max(...said.map(Math.abs))).toBeGreaterThan(0.05);
  for (const [i, value] of tensorFlow.predict(inputs, 3).entries())
    expect(Math.abs(value - (said[i] as number))).toBeLessThan(1e-4);
});
