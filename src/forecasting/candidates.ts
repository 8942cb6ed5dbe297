import type { Candidate } from "./candidate.ts";
import { PROFILE_CANDIDATES } from "./candidates/profiles.ts";

/** Every model that takes part, in the order in which `skill` lists them. */
export const CANDIDATES: readonly Candidate[] = [...PROFILE_CANDIDATES];
