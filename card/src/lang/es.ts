import type { Words } from "../view/format.ts";

export const es: Words = {};
