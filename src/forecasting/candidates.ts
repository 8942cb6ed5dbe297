import type { Candidate } from "./candidate.ts";
import { adaptedTrees } from "./candidates/adapted-trees.ts";
import { homeTrees } from "./candidates/home-trees.ts";
import { PROFILE_CANDIDATES } from "./candidates/profiles.ts";
import { sharedTrees } from "./candidates/shared-trees.ts";
import type { LearnedModels } from "./model-files.ts";

/** Every model that takes part, in the order in which `skill` lists them. */
export function candidatesWith(models: LearnedModels): readonly Candidate[] {
  return [...PROFILE_CANDIDATES, homeTrees, sharedTrees(models), adaptedTrees(models)];
}
