import { createTensorFlowEngine } from "../tensorflow-net.ts";
import { createKernelEngine } from "./kernel.ts";
import { netEngineContract } from "./net-engine.contract.ts";

netEngineContract("kernel", createKernelEngine);
netEngineContract("TensorFlow.js, the best backend here", () => createTensorFlowEngine());
netEngineContract("TensorFlow.js, plain", () => createTensorFlowEngine(["cpu"]));
