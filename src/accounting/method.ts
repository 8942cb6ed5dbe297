/** Names this text for those who say it in other languages: a text that says something else gets another. */
export const METHOD_KIND = "other-course-1";

/** How the ledger's figures come about, for a person who asks. */
export const METHOD = [
  "Every five minutes HyperVolt compares what your meter counted with what it would have counted in the same home without HyperVolt: the same people, sun and weather, a battery that simply follows the house (charges from surplus, covers what is used), appliances that start when their time window opens, and lights at full brightness.",
  "What is measured is taken as measured. A load that was moved is counted only after it has really run, with the energy it really used, at the prices and the carbon intensity of the time it would have run at. The battery of the other course is simulated with the capacity, limits and losses you gave.",
  "Cost is import at its price less export at its price. Carbon is what was imported times the grid's intensity at that time and place; electricity you export earns no carbon credit. Savings can be negative, and are shown when they are.",
  "Energy that lies in the battery counts when it is used, not before: a battery charged tonight first looks like a loss, one emptied tonight like a gain. What lies there now beyond what would lie there without HyperVolt is therefore shown beside the savings as not yet counted, worth what grid electricity cost and caused on average over the last day, after the battery's losses; it is an estimate and never part of what was saved.",
  "What it does not know: import and export within the same five minutes cancel out; where nothing was measured nothing is counted, and the battery is taken to have done the same in both courses; where no source tells a price or an intensity, the fixed ones of the options hold. An appliance or a light that somebody else set is left where it was. While HyperVolt only advises, the figures say what following its advice for the battery would have saved, and are kept apart from what was saved in truth.",
  "Each entry carries a cryptographic hash of itself and of the entry before it, so that a later change shows.",
].join("\n\n");
