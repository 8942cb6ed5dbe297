import { hotWindowContract } from "./hot-window.contract.ts";
import { MemoryHotWindow } from "./memory-hot-window.ts";

hotWindowContract("the window in the process", async (clock) => new MemoryHotWindow(clock));
